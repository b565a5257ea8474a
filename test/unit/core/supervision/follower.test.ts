import { expect, test } from 'vitest';

import { waitLines } from '#core/report/waiting.ts';

import { after, as, following, leading, spawned } from '../../../world/drive.ts';

test('a worker, which serves nothing, waits for its leader and for no answer of its own', () => {
  const driven = after(following({ readiness: [] }), 60, spawned);
  expect(as(driven, 'starting').readiness.reason).toBeNull();
  expect(waitLines(driven.state, 60)[0]).toContain('the leader to be ready');
});

test('a leader has not asked its engine yet', () => {
  expect(as(leading(), 'starting').readiness.reason).toBe('not asked yet');
});
