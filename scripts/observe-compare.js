// What must be equal between two files of observe.js, and what may differ for a reason that is written down.

// A request that was cut off in the middle, or came while nobody answered, is a matter of the moment.
const settled = (http) =>
  Object.fromEntries(
    Object.entries(http ?? {}).map(([path, list]) => [
      path,
      list.filter((one) => !['reset', 'timeout'].includes(one)).filter((one, i, all) => one !== all[i - 1]),
    ]),
  );

// The answer from before the fault was felt is a matter of the moment too, unless it is the only one.
const afterwards = (http) =>
  Object.fromEntries(
    Object.entries(http).map(([path, list]) => [path, list.length > 1 && list[0] === '200' ? list.slice(1) : list]),
  );

const FIELDS = {
  ports: ({ start }) => start.ports.toSorted(),
  httpBefore: ({ start }) => settled(start.http),
  titles: ({ start }, row) => (row.early ? 'not looked at: it is still starting' : start.tree),
  paths: ({ start }) => start.paths,
  httpAfter: ({ after }) => afterwards(settled(after?.http)),
  request: ({ after }) => after?.request,
  survivors: ({ after }) => after?.left,
  exits: ({ exits }) => exits,
};

/** Whether a row's fault has had the effect by now that it had in another file. */
export const agree = (expected, record) =>
  ['httpAfter', 'survivors', 'exits'].every((field) => text(FIELDS[field](expected)) === text(FIELDS[field](record)));

// May differ, each with a reason in the list of differences.
const LOOSE = {
  randomPorts: ({ start }) => start.otherPorts,
  processNames: ({ start }) => start.outside?.map(({ names }) => names),
  environment: ({ start }) => start.outside?.map(({ environment }) => environment),
  sessionsAndGroups: ({ start }) => start.outside?.map(({ groups, sessions }) => ({ groups, sessions })),
  secondsToReady: ({ start }) => start.times?.at(-1),
  secondsToExit: ({ exitTimes }) => exitTimes,
};

const text = (value) => JSON.stringify(value) ?? 'nothing';

/**
 * Compares the rows that both have. `wrong`: differences that nothing allows (sentences); `explained`: fields that differ and why; `stale`:
 * reasons for fields that do not differ; `equal`: how many values were the same.
 */
export const compare = (real, rehearsal, rows, differences) => {
  const wrong = [];
  const differing = new Set();
  let equal = 0;
  for (const name of Object.keys(rehearsal)) {
    if (!real[name]) wrong.push(`${name}: not in the first file`);
    const fields = rows[name]?.signal === undefined ? { exits: FIELDS.exits } : FIELDS;
    for (const [field, of] of Object.entries(real[name] ? fields : {})) {
      const [ours, theirs] = [rehearsal, real].map((file) => text(of(file[name], rows[name])));
      if (ours === theirs) equal += 1;
      else wrong.push(`${name}: ${field}\n  first   ${theirs}\n  second  ${ours}`);
    }
    for (const [field, of] of Object.entries(real[name] ? LOOSE : {})) {
      if (text(of(real[name])) !== text(of(rehearsal[name]))) differing.add(field);
    }
  }
  const seen = differences.filter(({ field }) => field in LOOSE);
  const explained = seen.filter(({ field }) => differing.has(field));
  for (const field of differing)
    if (!seen.some((one) => one.field === field)) wrong.push(`${field} differs and no reason is given`);
  return {
    equal,
    wrong,
    explained,
    stale: seen.filter(({ field }) => !differing.has(field)).map(({ field }) => field),
  };
};
