// An agent of elastic-ep without the group link: the leader's engine itself says when it may join.
import { expect, test } from 'vitest';

import { waitLines } from '#core/report/waiting.ts';
import { phaseWakeMs } from '#core/supervision/wake.ts';

import { after, answered, as, done, opened, tick } from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import { agent, causeOf, cluster, said, starts } from '../../../world/drive-ray.ts';

const leaderReadiness = [{ host: 'node0', port: 8_000, path: '/health' }];
const elastic = { ...agent, nodes: 1, joins: 'when-leader-ready' as const };

/** The agent's launcher right after its leader's name resolved. */
function apart(asks = leaderReadiness): Driven {
  const driven = opened({ rank: 1, size: 2, dns: true, fate: 'alone', readiness: [] });
  const { base } = driven.state;
  const spec = { name: 'ray-agent' as const, argv: ['ray', 'start'], env: { set: {}, unset: [] }, after: [] };
  const document = { ...base.plan.document, processes: [spec] };
  const plan = { ...base.plan, document, ray: elastic, leaderReadiness: asks };
  const state = { ...driven.state, base: { ...base, plan } };
  const launched = after({ state, effects: [] }, 0, { kind: 'launchRequested' });
  return after(launched, 1, { kind: 'nameResolved', address: '10.0.0.1', own: '10.0.0.2', interface: 'eth0' });
}

const probed = (driven: Driven, atMs: number, status: number | null): Driven => after(driven, atMs, answered(status));

test("it asks the leader's engine first, and Ray only after a 200", () => {
  let driven = apart();
  expect(done(driven, 'probeEngine')).toEqual([{ kind: 'probeEngine', epoch: 1, targets: leaderReadiness }]);
  expect(done(driven, 'askRay')).toEqual([]);
  driven = tick(probed(driven, 20, null), 120);
  expect([done(driven, 'askRay'), starts(driven)]).toEqual([[], []]);
  expect(waitLines(driven.state, 120)[0]).toContain("the leader's engine is not ready (refused)");
  driven = tick(probed(tick(driven, 501), 520, 503), 620);
  expect(waitLines(driven.state, 620)[0]).toContain("the leader's engine is not ready (HTTP 503)");
  expect(done(driven, 'askRay')).toEqual([]);
  driven = tick(probed(tick(driven, 1_001), 1_010, 200), 1_111);
  expect(starts(driven)).toEqual([]);
  driven = said(driven, 1_120, { kind: 'answered', answer: cluster });
  expect([starts(driven), driven.state.phase]).toEqual([['ray-agent'], 'starting']);
});

/** How often each was asked while every tenth of a second passed until then. */
function asked(driven: Driven, fromMs: number, untilMs: number): { engine: number; ray: number; at: Driven } {
  let [at, engine, ray] = [driven, 0, 0];
  for (let atMs = fromMs; atMs <= untilMs; atMs += 100) {
    at = tick(at, atMs);
    engine += done(at, 'probeEngine').length;
    ray += done(at, 'askRay').length;
  }
  return { engine, ray, at };
}

test('one question at a time, each half a second after the last, and none after the first 200', () => {
  expect(asked(apart(), 101, 14_901)).toMatchObject({ engine: 0, ray: 0 });
  const refused = asked(probed(apart(), 20, null), 101, 701);
  expect(refused).toMatchObject({ engine: 1, ray: 0 });
  expect(phaseWakeMs(probed(apart(), 20, null).state)).toBeLessThanOrEqual(501);
  const heard = asked(probed(refused.at, 750, 200), 801, 3_001);
  expect(heard.engine).toBe(0);
  expect(heard.ray).toBe(1);
});

test('a question that was never answered is asked again after 15 s', () => {
  expect(asked(apart(), 15_001, 16_001).engine).toBe(1);
});

test('where nothing is to be asked the head alone is waited for', () => {
  expect(done(apart([]), 'askRay')).toHaveLength(1);
  expect(done(apart([]), 'probeEngine')).toEqual([]);
});

test("an engine that never gets ready is named when both deadlines are over, and Ray's agent was not started", () => {
  const waits = probed(apart(), 20, null);
  const { deadlineMs } = as(waits, 'assembling');
  const driven = tick(probed(tick(waits, deadlineMs - 100), deadlineMs - 50, null), deadlineMs);
  expect(causeOf(driven)).toMatchObject({ kind: 'gate-timeout', code: 69 });
  expect(causeOf(driven)?.message).toMatch(
    /within the startup and ray-nodes deadlines \(\w+ and \w+\): the leader's engine is not ready \(refused\)$/,
  );
});
