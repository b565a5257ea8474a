// Frames as the types allow them, beyond what a sane launcher would say: any text, any length.
import fc from 'fast-check';

import type { Cause } from '#core/group/cause.ts';
import type { Body, Frame, Hello } from '#core/group/message.ts';

const text = (maxLength: number) => fc.oneof(fc.string({ unit: 'binary', maxLength }), fc.string({ maxLength }));
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const rank = fc.nat({ max: 4_095 });
const status = fc.nat({ max: 255 });
const ageMs = fc.double({ min: 0, max: 1e9, noNaN: true }).map(Math.abs);
const digest = fc.stringMatching(/^[0-9a-f]{32}$/);

// A short unit repeated: long texts without the time that generating each character takes.
const long = (maxTimes: number) =>
  fc
    .tuple(fc.constantFrom('x', '\u0000', '\u{1f980}', '\ud800', '"', '\\', 'é'), fc.nat({ max: maxTimes }))
    .map(([unit, times]) => unit.repeat(times));
const line = fc.oneof(text(40), long(2_000));

export const epoch = fc.record({ leader: line, counter: fc.maxSafeNat() });

export const cause: fc.Arbitrary<Cause> = fc.record({
  kind: fc.constantFrom('process-died', 'peer-lost', 'collateral', 'refused', 'os', 'asked', 'stop-forced'),
  rank: orNull(rank),
  host: orNull(line),
  process: orNull(line),
  pid: orNull(fc.maxSafeNat()),
  exitCode: orNull(status),
  signal: orNull(line),
  code: status,
  decidedBy: fc.constantFrom('launcher', 'engine'),
  message: fc.oneof(line, long(100_000)),
  lastLines: fc.array(line, { maxLength: 40 }),
  seenBy: orNull(rank),
});

const hello: fc.Arbitrary<Hello> = fc.record({
  rank,
  size: fc.integer({ min: 1, max: 4_096 }),
  generation: orNull(line),
  host: line,
  groupPort: fc.integer({ min: 1, max: 65_535 }),
  fields: fc.array(fc.record({ field: line, value: orNull(fc.oneof(line, long(4_000))), digest }), { maxLength: 90 }),
});

const body: fc.Arbitrary<Body> = fc.oneof(
  fc.record({ kind: fc.constant('challenge'), key: line, generation: orNull(line) }),
  fc.record({ kind: fc.constant('hello'), hello }),
  fc.record({ kind: fc.constant('welcome'), rank, host: line }),
  fc.record({ kind: fc.constant('refused'), name: fc.constantFrom('mismatch', 'config', 'denied'), reason: line }),
  fc.record({ kind: fc.constant('wait'), reason: line }),
  fc.record({ kind: fc.constant('start'), epoch }),
  fc.record({
    kind: fc.constant('heartbeat'),
    phase: line,
    ready: fc.boolean(),
    missing: fc.oneof(
      fc.array(rank),
      fc.nat({ max: 5_000 }).map((n) => Array.from({ length: n }, () => 4_095)),
    ),
  }),
  fc.record({ kind: fc.constant('report'), cause, ageMs }),
  fc.record({ kind: fc.constant('stop-asked'), by: line }),
  fc.record({ kind: fc.constant('stop'), mode: fc.constantFrom('fault', 'asked', 'hurry'), cause, ageMs }),
  fc.record({ kind: fc.constant('drained') }),
  fc.record({ kind: fc.constant('verdict'), cause }),
  fc.record({ kind: fc.constant('leaving'), code: orNull(status) }),
) as fc.Arbitrary<Body>;

export const frame: fc.Arbitrary<Frame> = fc.record({
  protocol: fc.constant({ min: 1, max: 1 }),
  group: orNull(line),
  incarnation: fc.oneof(
    fc.constant('b'),
    line.filter((word) => word.length > 0),
  ),
  epoch: orNull(epoch),
  seq: fc.maxSafeNat(),
  body,
});
