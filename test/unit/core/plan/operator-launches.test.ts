import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { dynamoPod } from './choose.ts';
import { argvOf, envOf, gpus, messages, planFor, rayFacts } from './plan-for.ts';

// What the operator makes of a pod (dynamo.md), against what the launcher makes of it from the inside.
type Row = {
  id: string;
  name: string;
  kind: string;
  input: {
    role: string;
    orchestrator: 'grove' | 'lws';
    numberOfNodes: number;
    gpusPerContainer: number;
    annotations: Record<string, string>;
    command: string[];
    args: string[];
    serviceName: string;
  };
  expected: Record<string, unknown> & {
    backend?: string;
    flags_added?: string[];
    resolved_example?: { env: Record<string, string>; flags: string[] };
    /** What the operator starts, by way of a shell. */
    processes?: string[][];
  };
};

const all = JSON.parse(readFileSync('test/cases/dynamo-vectors.json', 'utf8')) as Row[];
const ofKind = (kind: string): readonly Row[] => all.filter((row) => row.kind === kind);
const pick = (rows: readonly Row[], ...ids: readonly string[]) => rows.filter(({ id }) => ids.includes(id));

const wordsOf = ({ input }: Row): readonly string[] => [...input.command, ...input.args];

const groveDefaults = {
  GROVE_HEADLESS_SERVICE: 'demo-0.ns.svc',
  GROVE_PCSG_NAME: 'demo-0-decode',
  GROVE_PCSG_INDEX: '0',
  GROVE_PCLQ_POD_INDEX: '0',
};
const cliques: Readonly<Record<string, string>> = { leader: '-ldr', worker: '-wkr' };

/** The variables that Grove or LeaderWorkerSet would give the pod of a row. */
function environmentOf({ input, expected }: Row): Record<string, string> {
  const { role, orchestrator, numberOfNodes, serviceName } = input;
  if (numberOfNodes === 1) return {};
  const given = expected.resolved_example?.env ?? {};
  const size = String(numberOfNodes);
  const index = role === 'leader' ? '0' : '1';
  if (orchestrator === 'lws')
    return { LWS_LEADER_ADDRESS: 'demo-0.demo.ns', LWS_WORKER_INDEX: index, ...given, LWS_GROUP_SIZE: size };
  const clique = `demo-0-decode-0-${serviceName}${cliques[role] ?? ''}`;
  const grove = { ...groveDefaults, ...given, GROVE_PCSG_TEMPLATE_NUM_PODS: size, GROVE_PCLQ_NAME: clique };
  // The leader's name in these rows is made up, so Grove must not know another.
  return given['DYNAMO_RANK'] === undefined ? grove : { ...grove, GROVE_HEADLESS_SERVICE: '' };
}

const planOf = (row: Row, words = wordsOf(row)) => {
  const { annotations, gpusPerContainer } = row.input;
  // A proof of concept of the operator has a key that is none.
  const keys = Object.entries(annotations).filter(([key]) => key.includes('/'));
  return planFor({
    words,
    env: environmentOf(row),
    labels: dynamoPod,
    annotations: Object.fromEntries(keys),
    facts: { ...rayFacts, gpus: gpusPerContainer === 0 ? null : gpus(gpusPerContainer), vllm: null },
  });
};

/** What a row adds to the words, `$(NAME)` filled in as the kubelet does. */
function flagsOf({ input, expected }: Row): readonly string[] {
  const env: Record<string, string> = { ...groveDefaults, ...environmentOf({ input, expected } as Row) };
  const filled = (expected.flags_added ?? []).map((word) =>
    word.replace(/\$\((\w+)\)/g, (_, name: string) => env[name] ?? ''),
  );
  return expected.resolved_example?.flags ?? filled;
}

/** The operator's words of `ray start`, filled in as the kubelet does; its own address is another's to know. */
const rayWordsOf = (words: readonly string[], { input, expected }: Row): readonly string[] => {
  const env: Record<string, string> = { ...groveDefaults, ...environmentOf({ input, expected } as Row) };
  return words
    .map((word) => word.replace(/\$\((\w+)\)/g, (_, name: string) => env[name] ?? ''))
    .filter((word) => !word.includes('$POD_IP') && word !== '(background)');
};

// vLLM 0.31 itself refuses some commands of these rows.
const byEngine = 'cannot use --enable-elastic-ep: it needs --enable-eplb';

const untouched = "`single` | N = 1 | the user's command, untouched";
const unknownCommand =
  '`sh -c` or an unknown command with N > 1 unless `--engine vllm|dynamo` or `--outcome replicas` says what it is';
const withoutRank = 'Something that proves N > 1 (a size, a leader address that is not us) without a rank is 78.';
const contradicted = "The engine command's own `--distributed-executor-backend mp|ray`. If it contradicts 0 or 1: 78.";

// Where the design differs on purpose: its sentence, and what the plan says instead.
const differing: Readonly<Record<string, { because: string; outcome: string | null; says: RegExp | null }>> = {
  'dyn-006': { because: unknownCommand, outcome: null, says: /"" is no engine that we know$/ },
  'dyn-007': { because: withoutRank, outcome: null, says: /nothing says the rank and leader$/ },
  'dyn-019': {
    because: 'A first word that starts with `-` means `python3 -m dynamo.vllm` followed by those words',
    outcome: 'elastic-ep',
    says: new RegExp(`^${byEngine}`),
  },
  'dyn-027': {
    because: "waits until the leader's engine is up, then Ray agent: of a node that knows its leader",
    outcome: 'elastic-ep',
    says: new RegExp(`^${byEngine}`),
  },
  'dyn-028': { because: contradicted, outcome: null, says: /but the command says --distributed-executor-backend=mp/ },
  'dyn-029': { because: contradicted, outcome: null, says: /but the command says --distributed-executor-backend=mp/ },
  'dyn-030': { because: unknownCommand, outcome: null, says: /"\/usr\/bin\/bash" hides the engine in a shell string$/ },
  'dyn-031': { because: unknownCommand, outcome: null, says: /"\/usr\/bin\/bash" hides the engine in a shell string$/ },
  'dyn-033': { because: unknownCommand, outcome: null, says: /"sh" hides the engine in a shell string$/ },
  'dyn-034': { because: unknownCommand, outcome: null, says: /"sh" hides the engine in a shell string$/ },
  'dyn-035': { because: unknownCommand, outcome: null, says: /"sh" hides the engine in a shell string$/ },
  'dyn-036': { because: unknownCommand, outcome: null, says: /"sh" hides the engine in a shell string$/ },
  'dyn-044': { because: unknownCommand, outcome: null, says: /"" is no engine that we know$/ },
  'dyn-049': { because: withoutRank, outcome: null, says: /nothing says the rank and leader$/ },
  'dyn-061': { because: untouched, outcome: 'single', says: null },
  'dyn-062': { because: untouched, outcome: 'single', says: null },
  'dyn-246': {
    because: 'Refused with 78: mp or data-parallel with `--data-parallel-backend ray`',
    outcome: 'mp',
    says: /^cannot use --data-parallel-backend ray here/,
  },
};

const outcomes: Readonly<Record<string, string>> = { dp: 'data-parallel' };
const backends = ['mp', 'ray'];

describe('a pod as the operator launches it', () => {
  const rows = ofKind('launch');

  test.each(rows.filter(({ id }) => !Object.hasOwn(differing, id)))('$id $name', (row) => {
    const { backend = '' } = row.expected;
    const plan = planOf(row);
    const { decision } = plan.document;
    const refused = messages(plan).filter((message) => message !== byEngine);
    expect(decision.outcome).toBe(outcomes[backend] ?? backend);
    expect(decision.executor).toBe(backends.includes(backend) ? backend : null);
    expect(refused).toEqual([]);
    if (row.input.role === 'worker' && !['mp', 'dp', 'single'].includes(backend)) {
      expect(argvOf(plan)).toBeNull();
    } else {
      expect(argvOf(plan)).toEqual([...plan.document.engine.command, ...flagsOf(row)]);
      expect(Object.hasOwn(envOf(plan)?.set ?? {}, 'VLLM_NIXL_SIDE_CHANNEL_HOST')).toBe(backend !== 'single');
    }
    // The operator starts Ray with fewer words, and each of them is among ours.
    const [ray] = (row.expected.processes ?? []).filter(([program]) => program === 'ray');
    const ours = plan.document.processes.find(({ name }) => name !== 'engine')?.argv ?? [];
    for (const word of rayWordsOf(ray ?? [], row)) expect(ours).toContain(word);
    expect(ours.length > 0).toBe(backend === 'ray' || backend === 'elastic-ep');
  });

  test.each(rows.filter(({ id }) => Object.hasOwn(differing, id)))('$id $name: differs on purpose', (row) => {
    const { outcome, says } = differing[row.id] ?? {};
    const plan = planOf(row);
    expect(plan.document.decision.outcome).toBe(outcome);
    if (says === null || says === undefined) {
      expect([plan.problems, argvOf(plan)]).toEqual([[], wordsOf(row)]);
      expect(flagsOf(row)).not.toEqual([]);
    } else {
      expect(messages(plan)).toContainEqual(expect.stringMatching(says));
      expect(plan.problems.every(({ name }) => name === 'config')).toBe(true);
    }
  });

  test('are all there, and no difference is stale', () => {
    expect(rows).toHaveLength(46);
    expect(pick(rows, ...Object.keys(differing))).toHaveLength(Object.keys(differing).length);
  });
});

describe('the flags of an engine as the operator reads them', () => {
  const rows = ofKind('flag_parse');
  // "No shell is ever involved": what is in a shell string is refused on several nodes and not read on one.
  const inShell = rows.filter(({ input }) => input.command[0] === '/bin/sh');
  const sizes = {
    '--tensor-parallel-size': 'tp',
    '--pipeline-parallel-size': 'pp',
    '--data-parallel-size': 'dp',
  } as const;

  test.each(rows.filter((row) => !inShell.includes(row)))('$id $name', (row) => {
    const { expected } = row;
    const words = wordsOf(row);
    const plan = planFor({ words });
    const { engine, decision } = plan.document;
    for (const [flag, name] of Object.entries(sizes))
      if (expected[flag] !== undefined) expect(engine.sizes[name]).toBe(expected[flag]);
    if (expected['world_size'] !== undefined) expect(engine.sizes.world).toBe(expected['world_size']);
    if (expected['error'] !== undefined) expect(plan.problems.length > 0).toBe(expected['error']);
    if (expected['elastic_ep_ray'] !== undefined)
      expect(decision.outcome === 'elastic-ep').toBe(expected['elastic_ep_ray']);
    const spanning = planFor({ words: [...words, '-tp', '16'], options: { nnodes: 2, 'node-rank': 0, leader: 'h' } });
    if (expected['executor_is_mp'] !== undefined)
      expect(spanning.document.decision.executor === 'mp').toBe(expected['executor_is_mp']);
    for (const word of (expected['untouched'] ?? []) as string[]) expect(argvOf(plan)).toContain(word);
    if (decision.outcome === 'single') expect(argvOf(plan)).toEqual(words);
  });

  test.each(inShell)('$id $name: in a shell string, differs on purpose', (row) => {
    const words = wordsOf(row);
    expect(planFor({ words }).document).toMatchObject({
      decision: { outcome: 'single' },
      engine: { sizes: { tp: null } },
    });
    expect(messages(planFor({ words, options: { nnodes: 2, 'node-rank': 0, leader: 'h' } }))).toEqual([
      'cannot run this command on several nodes: "/bin/sh" hides the engine in a shell string',
    ]);
  });

  test('are all there', () => expect([rows.length, inShell.length]).toEqual([42, 9]));
});

describe('the words that the operator loses in a shell reach the engine', () => {
  const rows = ofKind('argv_preservation');

  test.each(rows)('$id $name', (row) => {
    const [leader, worker] = ['leader', 'worker'].map((role) => {
      const annotations = { 'nvidia.com/vllm-distributed-executor-backend': 'mp' };
      return planOf({ ...row, input: { ...row.input, role, annotations } });
    });
    for (const plan of [leader, worker]) {
      expect(plan?.problems).toEqual([]);
      expect(plan && argvOf(plan)?.slice(0, wordsOf(row).length)).toEqual(wordsOf(row));
    }
    expect(planOf(row).document).toMatchObject({
      decision: { outcome: 'ray', rule: 'override' },
      engine: { command: wordsOf(row) },
    });
  });

  test('are all there', () => expect(rows).toHaveLength(5));
});
