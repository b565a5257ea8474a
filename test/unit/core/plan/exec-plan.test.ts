import * as v from 'valibot';
import { expect, test } from 'vitest';

import { execPlan } from '#core/plan/exec-plan.ts';
import { planSchema } from '#core/plan/schema.ts';

import { withOptions } from '../bare-facts.ts';

test('exec runs one command and looks at nothing else', () => {
  const { document, ...rest } = execPlan(withOptions(), ['sh', '-c', 'x'], 'h');
  expect(rest).toEqual({
    problems: [],
    host: 'h',
    fate: 'alone',
    exits: 'passthrough',
    drainDelayMs: 0,
    amendMs: 0,
    readiness: [],
    leaderReadiness: [],
    needs: { model: null, downloads: null, host: null, services: [], rankPorts: [] },
    foreignRay: [],
    fingerprint: [],
    rehearsal: false,
    ray: null,
  });
  expect(document).toMatchObject({
    identity: { source: null, role: 'single', rank: 0, size: 1, claims: [] },
    annotations: { values: {} },
    decision: { outcome: 'single', rule: 'not-needed', reason: 'exec' },
    engine: { profile: 'command', command: ['sh', '-c', 'x'] },
    processes: [{ name: 'engine', argv: ['sh', '-c', 'x'], env: { set: {}, unset: [] }, after: [] }],
    gates: [],
    ports: { status: null, group: null, engine: null },
    deadlines: { startup: 0, drain: 25_000, grace: 25_000 },
    warnings: [],
    errors: [],
  });
  expect(v.is(planSchema, document)).toBe(true);
});

test('exec has a grace time of its own', () => {
  const { deadlines } = execPlan(withOptions({ grace: 700 }), ['x'], 'h').document;
  expect([deadlines.grace, deadlines.drain]).toEqual([700, 700]);
});
