import { expect, test } from 'vitest';

import { elasticAlone, elasticLeader, elasticWorker, messages, rayWorker } from './plan-for.ts';

test.each([
  [{ 'no-group': true }, '--no-group'],
  [{ fate: 'apart' }, '--fate apart'],
] as const)('elastic-ep needs the link by which an agent hears when it may join: %j', (options, without) => {
  for (const plan of [elasticLeader, elasticWorker])
    expect(plan({ options }).problems).toEqual([
      {
        name: 'config',
        message: `cannot run elastic-ep with ${without}: an agent hears over the group link when it may join`,
        hint: `leave out ${without}`,
      },
    ]);
  expect(messages(rayWorker({ options }))).toEqual([]);
  expect(messages(elasticAlone({ options }))).toEqual([]);
});

test('elastic-ep with the link is not refused', () => {
  expect([...messages(elasticLeader()), ...messages(elasticWorker({ options: { fate: 'together' } }))]).toEqual([]);
});
