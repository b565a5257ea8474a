// Ray's nodes come together: who asks what when, until when, and whom it believes.
import { expect, test } from 'vitest';

import type { LaunchPlan, RayPlan } from '#core/plan/plan.ts';
import { waitLines } from '#core/report/waiting.ts';
import { wakeAtMs } from '#core/supervision/step.ts';
import type { GcsJudgement } from '#upstream/ray/judge.ts';

import { after, as, done, following, kinds, leadingReady, tick } from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import {
  agent,
  beat,
  both,
  causeOf,
  cluster,
  head,
  headed,
  leader,
  rayNode,
  said,
  serving,
  spawned,
  starts,
  told,
  worker,
} from '../../../world/drive-ray.ts';

const late: RayPlan = { ...agent, joins: 'when-leader-ready' };
const deadlineOf = (driven: Driven) => as(driven, 'assembling').deadlineMs;
const asked = (driven: Driven) => done(driven, 'askRay');
const why = ({ state }: Driven) => state.base.ray?.why;
const launch = (driven: Driven, plan: Partial<LaunchPlan>): Driven => {
  const { state } = driven;
  return { state: { ...state, base: { ...state.base, plan: { ...state.base.plan, ...plan } } }, effects: [] };
};

test('the leader gives up first, an agent that waits for its engine by the startup deadline later', () => {
  expect(deadlineOf(leader())).toBe(4 + 600_000);
  expect(deadlineOf(leader({ ...head, joins: 'when-leader-ready' }))).toBe(4 + 600_000);
  expect(deadlineOf(worker())).toBe(7 + 600_000 + 5_000);
  expect(deadlineOf(worker(late))).toBe(7 + 600_000 + 60_000 + 5_000);
});

test('the engine of a leader has the startup deadline, an agent that of the nodes too', () => {
  expect(as(serving(), 'starting').deadlineMs).toBe(150 + 60_000);
  const joins = said(tick(beat(worker(), 510, cluster), 620), 640, { kind: 'answered', answer: cluster });
  expect(as(joins, 'starting').deadlineMs).toBe(640 + 60_000 + 5_000 + 600_000);
  expect(why(joins)).toBe('joined');
});

test('who is not complete in time says so, and what it waited for', () => {
  const over = (driven: Driven) => after(driven, deadlineOf(driven), { kind: 'timePassed', lateMs: 0 });
  const { state } = worker();
  const { base } = state;
  const waits = { ...as(worker(), 'assembling'), base: { ...base, group: { ...base.group, peers: [] } } };
  expect(causeOf(over({ state: waits, effects: [] }))).toMatchObject({
    kind: 'gate-timeout',
    code: 69,
    rank: 1,
    host: 'node1',
    seenBy: 1,
    message:
      "rank 1 (node1) cannot go on: Ray is not complete within the ray-nodes deadline (10m): the leader's Ray head does not answer yet",
  });
});

test('a head is asked each 100 ms once it is spawned, and not before', () => {
  const starting = said(leader(), 10, { kind: 'refused' });
  expect(starts(starting)).toEqual(['ray-head']);
  for (const atMs of [110, 210]) expect(asked(tick(starting, atMs))).toEqual([]);
  expect(tick(starting, 210).state.base.ray?.asking).toBe(false);
  const running = spawned(tick(starting, 210), 215, 'ray-head', 100);
  expect(asked(tick(running, running.state.base.ray?.nextMs ?? 0))).toMatchObject([{ question: 'clusterId' }]);
  expect(asked(tick(headed(), headed().state.base.ray?.nextMs ?? 0))).toEqual([]);
});

test('its nodes are asked for at once when it has told its cluster', () => {
  const driven = headed();
  expect(asked(driven)).toEqual([{ kind: 'askRay', epoch: 1, host: '10.0.0.1', port: 6379, question: 'nodes' }]);
  expect(why(driven)).toBe('its nodes');
  const waits = told(driven, 150, [rayNode('10.0.0.1')]);
  expect(waits.state.base.ray).toMatchObject({ asking: false, nextMs: 230, nodes: [rayNode('10.0.0.1')] });
  expect(asked(tick(waits, 229))).toEqual([]);
  expect(asked(tick(waits, 230))).toMatchObject([{ question: 'nodes' }]);
});

test('an answer that never comes does not end the asking', () => {
  const driven = beat(headed(), 140, '10.0.0.2');
  const { nextMs } = { ...driven.state.base.ray };
  expect(nextMs).toBe(230);
  let waits = driven;
  for (let atMs = 1_000; atMs < 5_230; atMs += 1_000) waits = beat(waits, atMs, '10.0.0.2');
  expect(asked(tick(waits, 5_229))).toEqual([]);
  expect(asked(tick(waits, 5_230))).toMatchObject([{ question: 'nodes' }]);
});

test('a head is asked at its name where this node has no address', () => {
  const waits = said(leader(), 10, { kind: 'unreachable', reason: 'x' });
  const { base } = waits.state;
  const state = { ...as(waits, 'assembling'), base: { ...base, node: { address: null, interface: null } } };
  expect(asked(tick({ state, effects: [] }, base.ray?.nextMs ?? 0))).toMatchObject([{ host: 'node0' }]);
});

test.each<[GcsJudgement<'clusterId'>, string]>([[{ kind: 'unreachable', reason: 'no route' }, 'no route']])(
  'before its head runs, %j is no holder of its port',
  (judgement, words) => {
    const driven = said(leader(), 10, judgement);
    expect([driven.state.phase, why(driven)]).toEqual(['assembling', words]);
  },
);

test.each<[string, (driven: Driven) => Driven]>([
  ['for its cluster', (driven) => said(driven, 130, { kind: 'hangs', while: 'answering' })],
  [
    'for its nodes',
    () =>
      after(headed(), 150, {
        kind: 'rayAnswered',
        epoch: 1,
        question: 'nodes',
        judgement: { kind: 'hangs', while: 'answering' },
      }),
  ],
])('a head that does not answer when asked %s is waited for', (_, answer) => {
  const running = tick(spawned(said(leader(), 10, { kind: 'refused' }), 12, 'ray-head', 100), 120);
  const driven = answer(running);
  expect([driven.state.phase, why(driven)]).toEqual(['assembling', 'the head: it does not answer in time']);
});

test.each<[string, object, boolean]>([
  ['lives', { state: 'alive' }, true],
  ['is dead', { state: 'dead' }, false],
  ['is no head', { isHead: false }, false],
  ['says nothing of its folder', { tempDir: null }, false],
])('a node in another folder is a stranger where it %s', (_, more, stranger) => {
  const driven = told(headed(), 140, [rayNode('10.0.0.1', { tempDir: '/tmp/other', ...more })]);
  expect(driven.state.phase).toBe(stranger ? 'settling' : 'assembling');
  if (stranger)
    expect(causeOf(driven)).toMatchObject({
      kind: 'os',
      code: 71,
      rank: 0,
      host: 'node0',
      seenBy: 0,
      message: 'rank 0 (node0) cannot go on: another Ray head answers on port 6379, whose folder is /tmp/other',
    });
});

test('an agent that shares its fate with nobody waits for no word of its leader, and joins what is there', () => {
  const alone = launch(tick(worker(), 500), { fate: 'apart' });
  const asks = tick(alone, 700);
  expect(asked(tick(alone, alone.state.base.ray?.nextMs ?? 0))).toMatchObject([
    { host: 'node0', question: 'clusterId' },
  ]);
  expect(starts(said(asks, 710, { kind: 'answered', answer: cluster }))).toEqual(['ray-agent']);
});

test('a process of the plan that still waits for an address cannot be started: our bug', () => {
  const { document } = worker().state.base.plan;
  const [spec] = document.processes;
  const processes = [{ ...spec, argv: ['ray', 'start', '--node-ip-address={node-address}'] }] as NonNullable<
    typeof spec
  >[];
  const asks = launch(tick(beat(worker(), 510, cluster), 620), { document: { ...document, processes } });
  const { base } = asks.state;
  const blind = { ...as(asks, 'assembling'), base: { ...base, node: { address: null, interface: null } } };
  const over = said({ state: blind, effects: [] }, 640, { kind: 'answered', answer: cluster });
  expect(causeOf(over)).toMatchObject({ kind: 'internal', code: 70 });
  expect(causeOf(over)?.message).toMatch(/^cannot start: ray-agent still waits for /);
});

test('without Ray nobody is asked, and heartbeats say nothing of it', () => {
  const bodies = (driven: Driven) =>
    done(tick(driven, driven.state.base.group.nextBeatMs), 'sendFrame').map(({ body }) => body);
  const { base } = following().state;
  const node = { address: '10.0.0.2', interface: null };
  const named: Driven = { state: { ...as(following(), 'starting'), base: { ...base, node } }, effects: [] };
  for (const driven of [leadingReady(), named]) expect(bodies(driven)[0]).not.toHaveProperty('ray');
  expect(kinds(tick(leadingReady(), 1_100))).not.toContain('askRay');
});

test('a folder for Ray is removed only where Ray was asked for anything', () => {
  const { state } = worker();
  const gate = { phase: 'joining', base: { ...state.base, ray: null }, deadlineMs: 9_000 } as const;
  const asks = after({ state: gate, effects: [] }, 10, { kind: 'signalReceived', signal: 'SIGTERM' });
  expect(kinds(tick(asks, 10))).not.toContain('removeRayFolder');
});

test('the leader asks each second while the engine runs, at its own address', () => {
  expect(wakeAtMs(serving().state)).toBeLessThanOrEqual(1_150);
  const asks = tick(serving(), serving().state.base.ray?.nextMs ?? 0);
  expect(asked(asks)).toEqual([{ kind: 'askRay', epoch: 1, host: '10.0.0.1', port: 6379, question: 'nodes' }]);
  expect(asks.state.base.ray?.asking).toBe(true);
  const answered = told(asks, asks.state.base.nowMs + 5, both);
  expect(answered.state.base.ray).toMatchObject({ asking: false, silent: null, nodes: both, dead: [] });
  expect(asked(tick(answered, asks.state.base.nowMs + 999))).toEqual([]);
  expect(asked(tick(answered, asks.state.base.nowMs + 1_000))).toHaveLength(1);
});

test('an agent that runs asks nobody', () => {
  const joins = said(tick(beat(worker(), 510, cluster), 620), 640, { kind: 'answered', answer: cluster });
  let driven = spawned(joins, 650, 'ray-agent', 100);
  for (let atMs = 700; atMs < 3_000; atMs += 500) {
    driven = beat(driven, atMs, cluster);
    expect(driven.state.base.ray?.asking).toBe(false);
  }
  expect(waitLines(driven.state, 3_000)[0] ?? '').not.toContain('Ray');
});

const dies = (death: unknown) => [rayNode('10.0.0.1'), rayNode('10.0.0.2', { state: 'dead', death: death as never })];
/** The leader that Ray told the same nodes twice, its worker being heard in between. */
const twice = (nodes: ReturnType<typeof dies>): Driven => {
  const once = told(tick(serving(), 1_200), 1_210, nodes);
  return told(tick(beat(once, 1_500, '10.0.0.2'), 2_300), 2_310, nodes);
};

test.each<[unknown, string]>([
  [{ reason: 'expected', message: 'received SIGTERM' }, 'received SIGTERM'],
  [{ reason: 'expected', message: '' }, 'expected'],
  [{ reason: '', message: '' }, 'no reason given'],
  [null, 'no reason given'],
])('Ray’s reason for a death is told where it gives one (%j)', (death, words) => {
  const driven = twice(dies(death));
  expect(causeOf(driven)).toMatchObject({
    rank: 1,
    host: 'node1',
    process: 'raylet',
    seenBy: 0,
    message: `rank 1 (node1): Ray says that its node 10.0.0.2 is dead: ${words}`,
  });
  expect(done(driven, 'readTail')).toHaveLength(1);
  expect(driven.state.base.ray?.dead).toEqual(['10.0.0.2']);
});

test.each<[string, ReturnType<typeof dies>]>([
  ['dead but alive at the same address again', [...both, rayNode('10.0.0.2', { state: 'dead', id: '1'.repeat(56) })]],
  ['draining', [rayNode('10.0.0.1'), rayNode('10.0.0.2', { state: 'draining' })]],
  ['dead but nobody’s', [...both, rayNode('10.0.0.9', { state: 'dead' })]],
])('a node that is not there for work, %s, ends nothing', (_, nodes) => {
  expect(twice(nodes).state.base.verdict).toBeNull();
});

test('an answer to another question does not tell the nodes', () => {
  const driven = said(tick(serving(), 1_200), 1_210, { kind: 'refused' });
  expect(driven.state.base.ray).toMatchObject({ asking: false, silent: 'connection refused' });
  expect(driven.effects).toEqual([
    { kind: 'say', level: 'warn', message: "Ray's GCS does not tell its nodes: connection refused" },
  ]);
});
