import { expect, test } from 'vitest';

import { waitsOf } from '#core/report/waiting.ts';
import { missingServices } from '#core/supervision/services.ts';
import { wakeAtMs } from '#core/supervision/step.ts';

import { after, as, done, kinds, opened, says, tick } from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import type { PlanWish } from '../../../world/plan.ts';

const etcd = { name: 'etcd', from: 'ETCD_ENDPOINTS', places: [{ host: 'e', port: 2_379 }] } as const;
const nats = {
  name: 'nats',
  from: 'NATS_SERVER',
  places: [
    { host: 'n', port: 4_222 },
    { host: '::1', port: 1 },
  ],
} as const;

const launched = (more: Partial<PlanWish> = {}) =>
  after(opened({ rank: 0, size: 1, dns: false, services: [etcd, nats], ...more }), 0, { kind: 'launchRequested' });
const tried = (driven: Driven, atMs: number, ...reasons: (string | null)[]) =>
  after(driven, atMs, { kind: 'servicesTried', reasons });

test('services are tried once the name resolves, and before the group port is opened', () => {
  const resolved = { kind: 'nameResolved', address: '10.0.0.1', own: '10.0.0.2', interface: 'eth1' } as const;
  const named = after(launched({ size: 2, dns: true }), 3, resolved);
  expect(done(named, 'tryServices')).toEqual([{ kind: 'tryServices', services: [etcd, nats] }]);
  const reached = tried(named, 9, null, null);
  expect(reached.state.phase).toBe('joining');
  expect(reached.state.base.node).toEqual({ address: '10.0.0.2', interface: 'eth1' });
});

test('a node by itself starts its engine once each is reachable', () => {
  expect(kinds(launched())).toContain('tryServices');
  expect(done(tried(launched(), 9, null, null), 'spawnChild')).toHaveLength(1);
  expect(kinds(launched({ services: [] }))).toContain('spawnChild');
});

test('only those that are not reachable are tried again, each second', () => {
  const one = tried(launched(), 30, null, 'refused');
  expect(as(one, 'reaching')).toMatchObject({ asking: false, missing: [{ service: nats, reason: 'refused' }] });
  expect(wakeAtMs(one.state)).toBe(1_000);
  expect(kinds(tick(one, 999))).toEqual([]);
  const again = tick(one, 1_000);
  expect(done(again, 'tryServices')).toEqual([{ kind: 'tryServices', services: [nats] }]);
  expect(as(again, 'reaching')).toMatchObject({ asking: true, nextTryMs: 2_000 });
  expect(kinds(tick(again, 5_000))).toEqual([]);
  expect(tried(again, 5_001, null).state.phase).toBe('starting');
});

test('what was not answered for is missing still', () => {
  expect(as(tried(launched(), 30, null), 'reaching').missing).toEqual([{ service: nats, reason: 'not tried yet' }]);
});

test('a try that could not be made is made again', () => {
  const failed = after(launched(), 30, { kind: 'effectFailed', effect: 'tryServices', reason: 'EMFILE' });
  expect(as(failed, 'reaching').missing.map(({ reason }) => reason)).toEqual(['EMFILE', 'EMFILE']);
  expect(done(tick(failed, 1_000), 'tryServices')).toEqual([{ kind: 'tryServices', services: [etcd, nats] }]);
  const other = after(launched(), 30, { kind: 'effectFailed', effect: 'writeTermination', reason: 'EROFS' });
  expect(as(other, 'reaching').asking).toBe(true);
  expect(says(other)).toEqual(['cannot perform writeTermination: EROFS']);
});

test('services that are not reachable by the deadline end the launch with 69, and are named', () => {
  const some = tried(launched({ deadlines: { dns: 2_000 } }), 1_900, 'refused', 'timeout');
  const named = 'etcd at e:2379 is not reachable (refused), nats at n:4222 or [::1]:1 is not reachable (timeout)';
  expect(missingServices(as(some, 'reaching'))).toBe(named);
  expect(waitsOf(some.state)).toMatchObject([{ gate: 'service', target: named, missing: [], deadlineMs: 2_000 }]);
  expect(tick(some, 1_999).state.phase).toBe('reaching');
  const over = tick(some, 2_000);
  expect(over.state.base.verdict?.cause).toMatchObject({
    kind: 'gate-timeout',
    code: 69,
    message: `cannot start: ${named} within the dns deadline (2s)`,
  });
  expect(done(tick(over, 2_000), 'finish')).toEqual([{ kind: 'finish', code: 69 }]);
});

test('who is asked to stop meanwhile leaves with 0', () => {
  const asked = after(launched(), 50, { kind: 'signalReceived', signal: 'SIGTERM' });
  expect(asked.state.phase).toBe('settling');
  expect(done(tick(asked, 50), 'finish')).toEqual([{ kind: 'finish', code: 0 }]);
});
