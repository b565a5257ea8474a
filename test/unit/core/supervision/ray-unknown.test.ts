import { expect, test } from 'vitest';

import type { RayPlan } from '#core/plan/plan.ts';
import { statusDocument } from '#core/report/status.ts';
import { waitLines } from '#core/report/waiting.ts';
import { gatherCount } from '#core/supervision/ray-unknown.ts';
import type { Base } from '#core/supervision/state.ts';

import { after, as, done, tick } from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import {
  agent,
  beat,
  causeOf,
  cluster,
  head,
  headed,
  leader,
  said,
  spawned,
  starts,
  worker,
} from '../../../world/drive-ray.ts';

const newer = (plan: RayPlan): RayPlan => ({ ...plan, version: '2.99.0' });
const warnings = (driven: Driven): string[] =>
  driven.effects.flatMap((effect) => (effect.kind === 'say' && effect.level === 'warn' ? [effect.message] : []));
const countedAs = (driven: Driven, atMs: number, nodes: number, gpus: number): Driven =>
  after(driven, atMs, {
    kind: 'rayAnswered',
    epoch: 1,
    question: 'status',
    judgement: { kind: 'answered', answer: { nodes, gpus } },
  });
const unimplemented = { kind: 'grpc-error', code: 12, message: 'unknown method' } as const;
const unreadable = [
  unimplemented,
  { kind: 'unreadable', reason: 'no status' },
  { kind: 'too-large', bytes: 5_000_000 },
  { kind: 'gcs-error', code: 10, message: 'no such field' },
] as const;

/** The leader whose head runs, and was just asked who it is. */
const starting = (): Driven =>
  tick(spawned(said(leader(newer(head)), 10, { kind: 'refused' }), 12, 'ray-head', 100), 120);
const nextAsk = (driven: Driven): Driven => tick(driven, driven.state.base.ray?.nextMs ?? 0);
/** The leader whose head cannot be read. */
const guessing = (): Driven => said(starting(), 130, unimplemented);

test.each(unreadable)('a head that answers %j is asked by `ray status`, at once and with one warning', (judgement) => {
  const driven = said(starting(), 130, judgement);
  expect(warnings(driven)).toEqual([
    expect.stringMatching(
      /^cannot read the id of its cluster from the GCS of Ray 2\.99\.0: .+; `ray status` is asked instead, for the number of its nodes/,
    ),
  ]);
  expect(done(driven, 'askRay')).toEqual([
    {
      kind: 'askRay',
      epoch: 1,
      question: 'status',
      spec: { argv: ['ray', 'status', '--address=10.0.0.1:6379'], env: { set: {}, unset: [] } },
    },
  ]);
  expect(statusDocument(driven.state, 0).ray).toMatchObject({ means: 'cli', cluster: null });
});

test.each([1, 4, 8, 10, 14])(
  'a head with trouble of the moment (gRPC status %i) is asked again on its wire',
  (code) => {
    const driven = said(starting(), 130, { kind: 'grpc-error', code, message: 'later' });
    expect(warnings(driven)).toEqual([]);
    expect(done(nextAsk(driven), 'askRay')).toMatchObject([{ question: 'clusterId' }]);
  },
);

test('nodes that cannot be read are counted, though the cluster had a name', () => {
  const driven = after(headed(), 150, { kind: 'rayAnswered', epoch: 1, question: 'nodes', judgement: unimplemented });
  expect(warnings(driven)[0]).toMatch(
    /^cannot read its nodes from the GCS of Ray 2\.60\.0: error 12: unknown method; /,
  );
  expect(done(driven, 'askRay')).toMatchObject([{ question: 'status' }]);
  expect(driven.state.base.ray?.cluster).toBe(cluster);
});

test('`ray status` is asked every 5 s, and an answer that never comes does not end the asking', () => {
  let driven = countedAs(beat(guessing(), 140, '10.0.0.2'), 1_500, 1, 1);
  expect(waitLines(driven.state, 1_500)[0]).toContain('1 of 2 nodes and 1 of 2 GPUs are there by `ray status`');
  driven = beat(driven, 4_000, '10.0.0.2');
  expect(done(tick(driven, 5_129), 'askRay')).toEqual([]);
  driven = tick(driven, 5_130);
  expect(done(driven, 'askRay')).toHaveLength(1);
  for (let atMs = 6_000; atMs <= 30_000; atMs += 2_000) {
    driven = beat(driven, atMs, '10.0.0.2');
    expect(done(driven, 'askRay')).toEqual([]);
  }
  expect(done(tick(driven, 30_130), 'askRay')).toHaveLength(1);
});

test.each([
  [2, 1],
  [1, 8],
  [0, 0],
])('%i nodes with %i GPUs are not two with one each', (nodes, gpus) => {
  const driven = countedAs(beat(guessing(), 140, '10.0.0.2'), 1_500, nodes, gpus);
  expect([driven.state.phase, starts(driven), warnings(driven)]).toEqual(['assembling', [], []]);
});

test('by numbers too the engine starts in the moment all are in, and Ray is not asked any more', () => {
  const silent = countedAs(guessing(), 1_500, 2, 2);
  expect(silent.state.phase).toBe('assembling');
  expect(waitLines(silent.state, 1_500)[0]).toContain('missing: rank 1 (node1)');
  let driven = countedAs(beat(guessing(), 140, '10.0.0.2'), 1_500, 2, 2);
  expect(starts(driven)).toEqual(['engine']);
  for (let atMs = 2_000; atMs <= 12_000; atMs += 1_000) {
    driven = beat(driven, atMs, '10.0.0.2');
    expect(driven.state.base.ray?.asking).toBe(false);
  }
  expect(driven.state.phase).toBe('starting');
});

test('where `ray status` says nothing either, the deadline names both', () => {
  const judgement = { kind: 'unreadable', reason: 'exit code 1: no such command' } as const;
  let driven = after(beat(guessing(), 140, '10.0.0.2'), 1_500, {
    kind: 'rayAnswered',
    epoch: 1,
    question: 'status',
    judgement,
  });
  expect(warnings(driven)).toEqual([]);
  const { deadlineMs } = as(driven, 'assembling');
  for (let atMs = 2_000; atMs <= deadlineMs; atMs += 1_000) driven = beat(driven, atMs, '10.0.0.2');
  driven = tick(driven, deadlineMs);
  expect(causeOf(driven)).toMatchObject({ kind: 'gate-timeout', code: 69 });
  expect(causeOf(driven)?.message).toMatch(
    /ray-nodes deadline \(\w+\): `ray status`: exit code 1: no such command; cannot read the id of its cluster from the GCS of Ray 2\.99\.0: error 12: unknown method$/,
  );
});

test('a leader that cannot name its cluster says so, and its agents join what serves there', () => {
  const beatOf = done(tick(guessing(), guessing().state.base.group.nextBeatMs), 'sendFrame');
  expect(beatOf.flatMap(({ body }) => (body.kind === 'heartbeat' ? [body.ray] : []))).toEqual(['unknown']);
  const joins = tick(beat(worker(newer(agent)), 510, 'unknown'), 620);
  expect(starts(said(joins, 640, { kind: 'answered', answer: cluster }))).toEqual(['ray-agent']);
});

test.each(unreadable)('an agent whose head answers %j asks only whether it serves, with one warning', (judgement) => {
  let driven = said(tick(beat(worker(newer(agent)), 510, 'unknown'), 620), 640, judgement);
  expect(warnings(driven)).toEqual([
    expect.stringMatching(
      /GCS of Ray 2\.99\.0: .+; it is asked only whether it serves, and joined without comparing the id$/,
    ),
  ]);
  expect(done(driven, 'askRay')).toMatchObject([{ question: 'health', host: 'node0', port: 6379 }]);
  expect(statusDocument(driven.state, 0).ray).toMatchObject({ means: 'health' });
  const health = (atMs: number, answer: 'serving' | 'not serving') =>
    after(driven, atMs, {
      kind: 'rayAnswered',
      epoch: 1,
      question: 'health',
      judgement: { kind: 'answered', answer },
    });
  driven = health(650, 'not serving');
  expect(waitLines(driven.state, 650)[0]).toContain('node0:6379: it is not serving');
  driven = nextAsk(driven);
  expect(done(driven, 'askRay')).toMatchObject([{ question: 'health' }]);
  expect(starts(health(770, 'serving'))).toEqual(['ray-agent']);
});

test('an agent that is not even told whether its head serves waits, and says why', () => {
  let driven = said(tick(beat(worker(newer(agent)), 510, cluster), 620), 640, unimplemented);
  driven = after(driven, 650, { kind: 'rayAnswered', epoch: 1, question: 'health', judgement: unimplemented });
  expect([driven.state.phase, warnings(driven)]).toEqual(['assembling', []]);
  expect(waitLines(driven.state, 650)[0]).toContain('node0:6379: error 12: unknown method');
});

test('a port whose holder cannot be read is taken, whatever it is', () => {
  expect(causeOf(said(leader(), 10, unimplemented))?.message).toContain('is taken by somebody else (error 12');
});

/** The same leader with something else in its plan. */
const planned = (driven: Driven, more: Partial<Base['plan']>): Driven => {
  const { base } = driven.state;
  return { state: { ...as(driven, 'assembling'), base: { ...base, plan: { ...base.plan, ...more } } }, effects: [] };
};
const waking = (): Driven => tick(spawned(said(leader(), 10, { kind: 'refused' }), 12, 'ray-head', 100), 120);

test('the same program is asked in the environment of the head', () => {
  const { document } = leader().state.base.plan;
  const env = { set: { RAY_TMPDIR: '{ray-folder}' }, unset: ['RAY_ADDRESS'] };
  const wrapped = document.processes.map((spec) =>
    spec.name === 'ray-head' ? { ...spec, argv: ['/opt/ray', 'start'], env } : { ...spec, argv: ['vllm'] },
  );
  const asks = (processes: typeof wrapped) =>
    done(said(planned(waking(), { document: { ...document, processes } }), 130, unimplemented), 'askRay');
  const folder = expect.stringMatching(/^\/tmp\/vllm-launch-/) as string;
  const spec = {
    argv: ['/opt/ray', 'status', '--address=10.0.0.1:6379'],
    env: { set: { RAY_TMPDIR: folder }, unset: ['RAY_ADDRESS'] },
  };
  expect(asks(wrapped)).toMatchObject([{ question: 'status', spec }]);
  expect(asks(wrapped.toReversed())).toMatchObject([{ question: 'status', spec }]);
  expect(asks([])).toMatchObject([
    { spec: { argv: ['ray', 'status', '--address=10.0.0.1:6379'], env: { set: {}, unset: [] } } },
  ]);
});

test('a Ray of no known version is this Ray', () => {
  const { ray } = leader().state.base.plan;
  const driven = said(planned(waking(), { ray: ray === null ? null : { ...ray, version: null } }), 130, unimplemented);
  expect(warnings(driven)[0]).toMatch(/^cannot read the id of its cluster from the GCS of this Ray: error 12/);
});

test('of more than one GPU each all are counted, and every silent member is named', () => {
  const { ray } = leader().state.base.plan;
  const wanted = (driven: Driven, more: Partial<RayPlan>, fate = driven.state.base.plan.fate) =>
    gatherCount(planned(driven, { ray: ray === null ? null : { ...ray, ...more }, fate }).state.base, {
      nodes: 2,
      gpus: 4,
    });
  const known = beat(guessing(), 140, '10.0.0.2');
  expect(wanted(known, { gpusPerNode: 2 })).toBeNull();
  expect(wanted(known, { gpusPerNode: 3 })).toBe('2 of 2 nodes and 4 of 6 GPUs are there by `ray status`');
  expect(wanted(guessing(), {})).toBe(
    '2 of 2 nodes and 4 of 2 GPUs are there by `ray status`, missing: rank 1 (node1)',
  );
  expect(wanted(guessing(), { nodes: 1 })).toBeNull();
  expect(wanted(guessing(), {}, 'apart')).toBeNull();
});

test('an agent that shares its fate with nobody compares its cluster with no word of a leader', () => {
  const asks = planned(tick(beat(worker(), 510, cluster), 620), { fate: 'apart' });
  expect(starts(said(asks, 640, { kind: 'answered', answer: 'd'.repeat(56) }))).toEqual(['ray-agent']);
});
