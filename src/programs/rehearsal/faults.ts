// What a rehearsal can be told to do wrong: the words of REHEARSAL_FAULT and their meaning.

/** One fault; `afterMs` counts from the start of the top process, of the `kill-` ones from when the children are up, of 'hang' from readiness. */
export type Fault = { readonly kind: FaultKind; readonly afterMs: number; readonly node: number | null };

export type FaultKind = keyof typeof FAULTS;

/** Every fault: whether it takes a duration, and what it does. */
export const FAULTS = {
  'die-at-start': { duration: 'never', text: 'the top process ends with 1 before it starts anything' },
  'never-ready': { duration: 'never', text: 'everything starts, but no HTTP port is ever opened' },
  'ready-after': { duration: 'always', text: 'ready only this long after the start' },
  'die-after': { duration: 'always', text: 'the top process ends with 1, its children after it' },
  'exit-zero-after': { duration: 'always', text: 'the top process ends with 0 unasked, its children after it' },
  'kill-worker-after': { duration: 'always', text: 'once all workers are up: SIGKILL to the first of this node' },
  'kill-engine-core-after': { duration: 'always', text: 'once it is up: SIGKILL to the first EngineCore of this node' },
  'ignore-term': { duration: 'never', text: 'no process of it heeds SIGTERM' },
  hang: {
    duration: 'optional',
    text: 'once ready (or this long after): HTTP accepts and never answers, requests never end',
  },
  'leave-children': {
    duration: 'never',
    text: 'leaves a daemon of its own session and a double-forked one behind, both deaf to SIGTERM',
  },
  'flood-output': { duration: 'never', text: 'prints as fast as it is read' },
  drain: { duration: 'always', text: 'a stop by SIGTERM takes this long' },
} as const;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Returns the faults of a comma list such as `drain=5s,kill-worker-after=250ms@1` (`@1`: on node 1 only), or what is wrong with it. */
export const parseFaults = (list: string): readonly Fault[] | { readonly wrong: string } => {
  const faults: Fault[] = [];
  for (const word of list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')) {
    const fault = parseFault(word);
    if ('wrong' in fault) return fault;
    faults.push(fault);
  }
  return faults;
};

const parseFault = (word: string): Fault | { readonly wrong: string } => {
  const [, name = '', duration, node] = /^([^=@]*)(?:=([^@]*))?(?:@(\d+))?$/.exec(word) ?? [];
  if (!isKind(name)) return wrong(word, `no such fault; known are ${Object.keys(FAULTS).join(', ')}`);
  const rule = FAULTS[name].duration;
  const afterMs = duration === undefined ? 0 : parseDuration(duration);
  if (afterMs === null) return wrong(word, 'a duration is written 250ms, 5s, 10m or 2h');
  if (rule === 'always' && duration === undefined) return wrong(word, `it needs a duration: ${name}=5s`);
  if (rule === 'never' && duration !== undefined) return wrong(word, 'it takes no duration');
  return { kind: name, afterMs, node: node === undefined ? null : Number(node) };
};

const isKind = (name: string): name is FaultKind => Object.hasOwn(FAULTS, name);

const wrong = (word: string, why: string) => ({
  wrong: `cannot rehearse the fault "${word}" of REHEARSAL_FAULT: ${why}`,
});

const parseDuration = (text: string): number | null => {
  const [, count, unit] = /^(\d{1,7})(ms|s|m|h)$/.exec(text) ?? [];
  return count === undefined || unit === undefined ? null : Number(count) * (UNITS[unit] ?? 1);
};
