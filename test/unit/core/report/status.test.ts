import { describe, expect, test } from 'vitest';

import { launcherCause, openVerdict } from '#core/group/cause.ts';
import { statusDocument, statusView } from '#core/report/status.ts';
import type { State } from '#core/supervision/state.ts';

import { gating, opened, started } from '../../../world/drive.ts';
import {
  baseWith,
  documentWith,
  peer,
  peers,
  planWith,
  ranked,
  readinessWith,
  readyState,
  sweeping,
} from './states.ts';

const unixMs = 1_800_000_000_000;
const view = (state: State) => statusView(state, unixMs, () => ['the last line']);
const cause = launcherCause('os', 'os', 'no space left', { rank: 0, host: 'node0', seenBy: 0 });
const verdict = openVerdict(cause, 90, 95, 500);
const asked = { by: 'SIGTERM', atMs: 90 };

test('the tail is read by who asks for it', () => expect(view(readyState()).tail()).toEqual(['the last line']));

describe('a launcher does its work', () => {
  test.each([
    ['whatever its engine does', readyState(), true, 'alive'],
    ['as long as the clean-up has time', sweeping(5_999, 'vllm'), true, 'alive'],
    ['until it is stuck for 5 s', sweeping(6_000, 'vllm', 'ray'), false, 'cleaning up is stuck: vllm, ray do not go'],
    ['by what nobody names too', sweeping(6_000), false, 'cleaning up is stuck: processes do not go'],
  ])('%s', (_, state, ok, reason) => expect(view(state).live).toEqual({ ok, reason }));
});

describe('a member is ready', () => {
  const group = peers(peer(1), peer(2));
  const silent = (...heard: readonly number[]) => peers(...heard.map((heardMs, at) => peer(at + 1, { heardMs })));
  const follower = { self: ranked(1), plan: planWith({ fate: 'together' }) } as const;

  test.each<readonly [string, State, boolean, string]>([
    ['alone', readyState(), true, 'ready'],
    ['with all it hears', readyState({ group, nowMs: 100 }), true, 'ready'],
    ['with one who was silent for less than 1.5 s', readyState({ group, nowMs: 1_579 }), true, 'ready'],
    ['not with one who is', readyState({ group: silent(80, 81), nowMs: 1_580 }), false, 'rank 1 is silent'],
    ['not with several', readyState({ group: silent(80, 80), nowMs: 1_580 }), false, 'rank 1, 2 is silent'],
    [
      'not where its engine does not answer',
      { ...readyState(), readiness: readinessWith('HTTP 503') },
      false,
      'the engine does not answer: HTTP 503',
    ],
    [
      'nor where that of the leader of all does not',
      { ...readyState({ plan: follower.plan }), readiness: readinessWith('HTTP 503') },
      false,
      'the engine does not answer: HTTP 503',
    ],
    [
      'as a worker where the leader is',
      { ...readyState({ ...follower, group: peers(peer(0)) }), readiness: readinessWith('x') },
      true,
      'ready',
    ],
    [
      'not as a worker whose leader is not',
      readyState({ ...follower, group: peers(peer(0, { ready: false })) }),
      false,
      'the leader is not ready: see the leader',
    ],
    [
      'as a worker by itself like a leader',
      { ...readyState({ ...follower, plan: planWith({ fate: 'apart' }) }), readiness: readinessWith('refused') },
      false,
      'the engine does not answer: refused',
    ],
  ])('%s', (_, state, ok, reason) => {
    expect(view(state).ready).toEqual({ ok, reason });
    expect(statusDocument(state, 0)).toMatchObject({ ready: ok, reason });
  });
});

describe('a member that is not ready says why', () => {
  const starting = started().state;
  const changed = (change: object): State => ({ ...starting, base: { ...starting.base, ...change } });
  const missing = Array.from({ length: 16 }, (_, at) => at + 1).join(', ');

  test.each<readonly [string, State, string]>([
    ['it waits', starting, 'waiting for ready the engine (not asked yet)'],
    ['others are missing', gating().state, 'waiting for group all 2 members, missing rank 1'],
    ['many are', gating({ size: 40 }).state, `waiting for group all 40 members, missing rank ${missing}`],
    ['it was asked to stop', changed({ asked }), 'stopping: asked by SIGTERM'],
    ['something went wrong', changed({ verdict }), 'stopping: no space left'],
    ['that comes first', changed({ verdict, asked }), 'stopping: no space left'],
    ['nothing is waited for', opened({ rank: 0, size: 1 }).state, 'opening'],
  ])('%s', (_, state, reason) => {
    expect(view(state).ready).toEqual({ ok: false, reason });
    expect(view(state).started).toEqual({ ok: false, reason });
  });

  test('but it has started once it was ready', () => {
    expect(view(readyState()).started).toEqual({ ok: true, reason: 'started' });
    expect(view({ phase: 'ended', base: baseWith(), code: 0 }).started).toEqual({ ok: true, reason: 'started' });
  });
});

describe('the document', () => {
  test('tells who this is, what runs and since when, in ms of the wall clock', () => {
    const state = readyState({ nowMs: 123.4 });
    const { document } = state.base.plan;
    expect(statusDocument(state, unixMs + 0.2)).toEqual({
      schema: 1,
      nowMs: unixMs + 124,
      identity: document.identity,
      decision: document.decision,
      mode: null,
      phase: 'ready',
      phases: [
        { phase: 'opening', sinceMs: unixMs },
        { phase: 'starting', sinceMs: unixMs },
        { phase: 'ready', sinceMs: unixMs + 100 },
      ],
      ready: true,
      reason: 'ready',
      epoch: { leader: 'node0', counter: 1 },
      members: [
        {
          rank: 0,
          host: 'node0',
          phase: 'ready',
          ready: true,
          sinceMs: unixMs + 100,
          gpus: 1,
          heardMsAgo: null,
          cause: null,
        },
      ],
      engine: {
        profile: 'vllm',
        version: '0.31.0',
        pids: [100, 101, 102],
        argv: ['vllm', 'serve', 'model', '--node-rank', '0'],
      },
      gpus: { count: 1, source: 'test' },
      ray: null,
      cause: null,
      restarts: 0,
      waiting: [],
      rehearsal: false,
      tail: null,
    });
  });

  test('shows no secret, nor an engine where none is planned or runs yet', () => {
    const argv = ['vllm', 'serve', '--api-key', 'sk-hidden'];
    const spec = { name: 'engine', argv, env: { set: {}, unset: [] }, after: [] } as const;
    const agent = { ...spec, name: 'ray-agent' } as const;
    const words = (...processes: readonly (typeof spec | typeof agent)[]) =>
      statusDocument(readyState({ plan: documentWith({ processes }) }), 0).engine.argv;
    expect([words(agent, spec), words(agent)]).toEqual([['vllm', 'serve', '--api-key', '********'], []]);
    expect(statusDocument(gating().state, 0).engine.pids).toEqual([]);
  });

  test('tells the cause with the member it happened to', () => {
    const causes = (rank: number) => {
      const own = openVerdict({ ...cause, rank }, 90, 95, 500);
      const document = statusDocument(readyState({ verdict: own, group: peers(peer(1)), self: ranked(0) }), 0);
      return [document.cause, ...document.members.map((member) => member.cause)].map((each) => each?.rank ?? null);
    };
    expect([causes(0), causes(1), causes(7)]).toEqual([
      [0, 0, null],
      [1, null, 1],
      [7, null, null],
    ]);
  });

  test('tells what is waited for, in ms of the wall clock', () => {
    const { state } = gating();
    const waiting = { gate: 'group', target: 'all 2 members', missing: [1], deadlineMs: unixMs + 20_000 };
    expect(statusDocument(state, unixMs + 0.4).waiting).toEqual([{ ...waiting, sinceMs: unixMs }]);
    const later: State = { ...state, base: { ...state.base, history: [{ phase: 'joining', atMs: 7 }] } };
    expect(statusDocument(later, unixMs).waiting).toEqual([{ ...waiting, sinceMs: unixMs + 7 }]);
  });
});

describe('the members', () => {
  const ranksOf = (state: State) => statusDocument(state, 0).members.map(({ rank }) => rank);
  const group = peers(peer(2), peer(1, { phase: 'starting', ready: false, sinceMs: 5.6, heardMs: 80.4, gpus: null }));

  test('are all whom the leader hears, in the order of their ranks', () => {
    const { members } = statusDocument(readyState({ self: ranked(0, 3), group, nowMs: 100 }), unixMs);
    expect(members.map(({ rank, heardMsAgo }) => [rank, heardMsAgo])).toEqual([
      [0, null],
      [1, 20],
      [2, 20],
    ]);
    expect(members[1]).toEqual({
      rank: 1,
      host: 'node1',
      phase: 'starting',
      ready: false,
      sinceMs: unixMs + 6,
      gpus: null,
      heardMsAgo: 20,
      cause: null,
    });
  });

  test('who is heard from ahead of our clock is heard now', () => {
    const { members } = statusDocument(readyState({ self: ranked(0), group: peers(peer(1)), nowMs: 10 }), 0);
    expect(members[1]?.heardMsAgo).toBe(0);
  });

  test('who is not in is absent to the leader, and to nobody else', () => {
    const absent = { host: null, phase: null, ready: false, sinceMs: null, gpus: null, heardMsAgo: null, cause: null };
    expect(statusDocument(gating({ size: 2 }).state, 0).members[1]).toEqual({ rank: 1, ...absent });
    expect(ranksOf(readyState({ self: ranked(0, 4), group }))).toEqual([0, 1, 2, 3]);
    expect(ranksOf(readyState({ self: ranked(1, 4), group: peers(peer(0)) }))).toEqual([0, 1]);
    expect(ranksOf(readyState({ self: ranked(0, 4), group: { ...group, role: 'none', peers: [] } }))).toEqual([0]);
  });

  test('are not listed without end', () => {
    expect(ranksOf(readyState({ self: ranked(0, 5_000), group: peers() }))).toHaveLength(4_097);
  });

  test('without a history are in their phase since now', () => {
    expect(statusDocument(readyState({ history: [], nowMs: 7 }), unixMs).members[0]?.sinceMs).toBe(unixMs + 7);
  });
});
