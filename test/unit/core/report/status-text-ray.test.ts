import { expect, test } from 'vitest';

import type { StatusDocument } from '#core/report/status-document.ts';
import { renderStatus } from '#core/report/status-text.ts';

import { now, sample } from './status-sample.ts';

type Ray = NonNullable<StatusDocument['ray']>;
const node = (ip: string, state: Ray['nodes'][number]['state'] = 'alive') => ({ ip, state, gpus: 8 });
const ray: Ray = {
  address: 'node-0:6379',
  means: 'wire',
  cluster: 'c',
  waiting: null,
  nodes: [node('10.0.0.1'), node('10.0.0.2')],
};
const text = (change: Partial<Ray>, more: Parameters<typeof sample>[0] = {}) =>
  renderStatus(sample({ ray: { ...ray, ...change }, ...more }));

test('the nodes of Ray stand below the members as a number, with those that are not alive by name', () => {
  expect(text({})).toContain('\n\nRay at node-0:6379: 2 nodes alive with 16 GPUs\n');
  const nodes = [node('10.0.0.1'), node('10.0.0.2', 'dead'), node('10.0.0.3', 'draining')];
  expect(text({ nodes })).toContain(
    '\nRay at node-0:6379: 1 nodes alive with 8 GPUs, 10.0.0.2 dead, 10.0.0.3 draining\n',
  );
});

test('of many that are dead eight are named', () => {
  const nodes = Array.from({ length: 10 }, (_, index) => node(`10.0.0.${index}`, 'dead'));
  expect(text({ nodes })).toMatch(/: 0 nodes alive with 0 GPUs, 10\.0\.0\.0 dead, .*10\.0\.0\.7 dead, and 2 more\n/);
  expect(text({ nodes: nodes.slice(0, 8) })).toMatch(/10\.0\.0\.7 dead\n/);
});

test.each([
  ['wire', "nodes are the leader's to say"],
  ['cli', 'its GCS cannot be read, it is asked by `ray status`, which names no nodes'],
  ['health', 'its GCS cannot be read, it is asked only whether it serves'],
] as const)('where no nodes are known, it says by what means Ray is asked: %s', (means, says) =>
  expect(text({ means, nodes: [] })).toContain(`Ray at node-0:6379: ${says}\n`),
);

test('what Ray last failed to say is shown once', () => {
  const waiting = 'it does not answer in time';
  expect(text({ waiting })).toContain(`16 GPUs\n  ${waiting}\n`);
  const other = { gate: 'group', target: 'all', missing: [], sinceMs: now, deadlineMs: null };
  expect(text({ waiting }, { waiting: [other] })).toContain(`16 GPUs\n  ${waiting}\n`);
  const gate = { gate: 'ray-nodes', target: `Ray: ${waiting}`, missing: [], sinceMs: now, deadlineMs: null };
  expect(text({ waiting }, { waiting: [gate] }).split(waiting)).toHaveLength(2);
  expect(text({ waiting }, { waiting: [other, gate] })).toContain('16 GPUs\n\nwaiting for group');
});
