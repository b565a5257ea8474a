import { expect, test } from 'vitest';

import { statusDocument } from '#core/report/status.ts';

import { after, says, tick } from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import { beat, both, causeOf, rayNode, serving, told } from '../../../world/drive-ray.ts';

test('a node that Ray calls dead twice ends the group, though its launcher is alive', () => {
  const dead = [
    rayNode('10.0.0.1'),
    rayNode('10.0.0.2', {
      state: 'dead',
      death: { reason: 'unexpected-termination' as never, message: 'missed heartbeats' },
    }),
  ];
  let driven = told(tick(serving(), 1_200), 1_210, dead);
  expect(driven.state.base.verdict).toBeNull();
  driven = beat(driven, 1_500, '10.0.0.2');
  driven = told(tick(driven, 2_300), 2_310, dead);
  expect(causeOf(driven)).toMatchObject({ kind: 'process-died', rank: 1, process: 'raylet', code: 79 });
  expect(causeOf(driven)?.message).toContain('Ray says that its node 10.0.0.2 is dead: missed heartbeats');
});

test('a node that Ray calls dead while its launcher is silent is judged by the link', () => {
  const death = { reason: 'expected', message: 'received SIGTERM' } as const;
  const dead = [rayNode('10.0.0.1'), rayNode('10.0.0.2', { state: 'dead', death })];
  let driven = told(tick(serving(), 2_400), 2_410, dead);
  driven = told(tick(driven, 3_500), 3_510, dead);
  expect(driven.state.base.verdict).toBeNull();
  driven = beat(driven, 3_600, '10.0.0.2');
  expect(causeOf(told(tick(driven, 4_600), 4_610, dead))).toMatchObject({ kind: 'process-died', rank: 1 });
});

test('a GCS that hangs while the engine runs is said once, shown, and ends nothing', () => {
  const hangs = (driven: Driven, atMs: number) =>
    after(tick(driven, atMs), atMs + 10, {
      kind: 'rayAnswered',
      epoch: 1,
      question: 'nodes',
      judgement: { kind: 'hangs', while: 'answering' },
    });
  let driven = hangs(serving(), 1_200);
  const warning = "Ray's GCS does not tell its nodes: it does not answer in time";
  expect(says(driven)).toContain(warning);
  expect(statusDocument(driven.state, 0).ray?.waiting).toBe('it does not answer in time');
  driven = hangs(beat(driven, 1_500, '10.0.0.2'), 2_300);
  expect(says(driven)).not.toContain(warning);
  expect(driven.state.base.verdict).toBeNull();
  driven = told(tick(beat(driven, 3_000, '10.0.0.2'), 3_400), 3_410, both);
  expect(statusDocument(driven.state, 0).ray?.waiting).toBeNull();
  expect(says(hangs(beat(driven, 4_000, '10.0.0.2'), 4_500))).toContain(warning);
});
