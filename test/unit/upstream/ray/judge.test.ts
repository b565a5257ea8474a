import { expect, test } from 'vitest';

import { frameMessage } from '#upstream/ray/grpc-frame.ts';
import { isUnknown, judgeGcsAnswer } from '#upstream/ray/judge.ts';
import type { RawAnswer } from '#upstream/ray/raw-answer.ts';
import { bytesField, joined, textField } from '#upstream/ray/write-wire.ts';

import { raw, versions } from './recorded.ts';

const none = new Uint8Array();
const good = raw('2.60.0', 'two nodes');

test.each<readonly [string, RawAnswer, object]>([
  ['a refused connection', { kind: 'no-connection', reason: 'refused' }, { kind: 'refused' }],
  [
    'a host without a way to it',
    { kind: 'no-connection', reason: 'unreachable (EHOSTUNREACH)' },
    { kind: 'unreachable', reason: 'unreachable (EHOSTUNREACH)' },
  ],
  [
    'a name without an address',
    { kind: 'no-connection', reason: 'name not resolved (ENOTFOUND)' },
    { kind: 'unresolved', reason: 'name not resolved (ENOTFOUND)' },
  ],
  ["the kernel's own timeout", { kind: 'no-connection', reason: 'timeout' }, { kind: 'hangs', while: 'connecting' }],
  ['no connection in time', { kind: 'late', while: 'connecting' }, { kind: 'hangs', while: 'connecting' }],
  ['no answer in time', { kind: 'late', while: 'answering' }, { kind: 'hangs', while: 'answering' }],
  [
    'a connection cut before its answer',
    { kind: 'cut', reason: 'reset' },
    { kind: 'half-answer', bytes: 0, reason: 'reset' },
  ],
  ['an answer over the limit', { kind: 'too-large', bytes: 5_000_000 }, { kind: 'too-large', bytes: 5_000_000 }],
  [
    'no gRPC status',
    { ...good, grpcStatus: null },
    { kind: 'half-answer', bytes: good.body.length, reason: 'no status at its end' },
  ],
  [
    'a body cut within its message',
    { ...good, body: good.body.subarray(0, 100) },
    { kind: 'half-answer', bytes: 100, reason: `${good.body.length - 100} bytes are missing` },
  ],
  ['a body without a message', { ...good, body: none }, { kind: 'unreadable', reason: 'expected a message, got none' }],
  [
    'a compressed message',
    { ...good, body: Uint8Array.of(1, 0, 0, 0, 0) },
    { kind: 'unreadable', reason: 'expected a message that is not compressed' },
  ],
  [
    'a page',
    { ...good, contentType: 'text/html', grpcStatus: null },
    { kind: 'not-ray', speaks: 'HTTP/2 without gRPC (status 200)' },
  ],
  [
    'a page that is not there',
    { ...good, httpStatus: 404, contentType: null },
    { kind: 'not-ray', speaks: 'HTTP/2 without gRPC (status 404)' },
  ],
  [
    'another HTTP status',
    { ...good, httpStatus: 503 },
    { kind: 'not-ray', speaks: 'HTTP/2 without gRPC (status 503)' },
  ],
  ['a type that only begins alike', { ...good, contentType: 'application/grpcx' }, { kind: 'not-ray' }],
  ['a type that has it elsewhere', { ...good, contentType: 'text/application/grpc' }, { kind: 'not-ray' }],
  [
    'no right to ask',
    { ...good, grpcStatus: 16, grpcMessage: 'Invalid%20token%21', body: none },
    { kind: 'authentication', message: 'Invalid token!' },
  ],
  [
    'a refusal of gRPC',
    { ...good, grpcStatus: 14, grpcMessage: '100% wrong', body: none },
    { kind: 'grpc-error', code: 14, message: '100% wrong' },
  ],
  [
    'a refusal of many words',
    { ...good, grpcStatus: 2, grpcMessage: 'x'.repeat(9_999) },
    { kind: 'grpc-error', code: 2, message: 'x'.repeat(500) },
  ],
])('%s', (_, answer, expected) => {
  expect(judgeGcsAnswer('nodes', answer)).toEqual(expect.objectContaining(expected));
});

test.each([
  [{ kind: 'answered', answer: [] }, false],
  [{ kind: 'refused' }, false],
  [{ kind: 'hangs', while: 'answering' }, false],
  [{ kind: 'half-answer', bytes: 1, reason: 'reset' }, false],
  [{ kind: 'not-ray', speaks: 'SSH' }, false],
  [{ kind: 'authentication', message: '' }, false],
  [{ kind: 'unreadable', reason: 'no status' }, true],
  [{ kind: 'too-large', bytes: 5_000_000 }, true],
  [{ kind: 'gcs-error', code: 17, message: '' }, true],
  ...[2, 3, 5, 7, 12, 13].map((code) => [{ kind: 'grpc-error', code, message: '' }, true] as const),
  ...[1, 4, 8, 10, 14].map((code) => [{ kind: 'grpc-error', code, message: '' }, false] as const),
] as const)('%j is a Ray that is not as we know it: %s', (judgement, unknown) => {
  expect(isUnknown(judgement)).toBe(unknown);
});

test('a content type with a suffix is gRPC too', () => {
  expect(judgeGcsAnswer('nodes', { ...good, contentType: 'application/grpc+proto' }).kind).toBe('answered');
});

test.each([
  ['HTTP/1.1 400 Bad Request\r\n\r\n', 'HTTP/1'],
  ["-ERR unknown command 'PRI'\r\n", 'Redis'],
  ['-NOAUTH Authentication required.\r\n', 'Redis'],
  ['SSH-2.0-OpenSSH_9.6\r\n', 'SSH'],
  ['\u0015\u0003\u0003\u0000\u0002\u0002\u0046', 'TLS'],
  ['220 mail.example ESMTP\r\n', '"220 mail.example ESMTP"'],
  ['220-a\r\n220 b\r\n', '"220-a 220 b"'],
  [`-ERROR ${'y'.repeat(100)}`, `"-ERROR ${'y'.repeat(33)}"`],
  ['\u0000\u0001\u0002', 'something that is not HTTP/2'],
  ['', 'something that is not HTTP/2'],
])('who greets with %j is not Ray', (words, speaks) => {
  const greeting = Uint8Array.from(Buffer.from(words, 'latin1'));
  expect(judgeGcsAnswer('nodes', { kind: 'other-protocol', greeting })).toEqual({ kind: 'not-ray', speaks });
});

const withMessage = (message: Uint8Array): RawAnswer => ({ ...good, body: frameMessage(message) });
const id = new Uint8Array(28).fill(7);
const cpu = bytesField(11, joined([textField(1, 'CPU'), Uint8Array.of(0x11, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f)]));
const port = Uint8Array.of(0x28, 1);
const place = [bytesField(1, id), textField(2, '10.0.0.1'), port, cpu];
const snapshot = (state: number): Uint8Array => Uint8Array.of(0xe2, 0x01, 2, 8, state);
const resource = (name: string, value: number): Uint8Array => {
  const double = new Uint8Array(9);
  double[0] = 0x11;
  new DataView(double.buffer).setFloat64(1, value, true);
  return bytesField(11, joined([textField(1, name), double]));
};
const nodes = (...list: Uint8Array[][]): RawAnswer =>
  withMessage(joined([bytesField(1, none), ...list.map((pieces) => bytesField(2, joined(pieces)))]));

test('a reply without a node is an empty list: the GCS answers before its own raylet is there', () => {
  expect(judgeGcsAnswer('nodes', nodes())).toEqual({ kind: 'answered', answer: [] });
  expect(judgeGcsAnswer('nodes', withMessage(none))).toEqual({ kind: 'answered', answer: [] });
});

test('a reply whose nodes stand in another place is none that we know; numbers beside an empty list are nothing', () => {
  const elsewhere = withMessage(joined([bytesField(1, none), bytesField(3, none)]));
  expect(judgeGcsAnswer('nodes', elsewhere)).toEqual({
    kind: 'unreadable',
    reason: 'no nodes, but something in field 3',
  });
  const numbers = withMessage(joined([bytesField(1, none), Uint8Array.of(0x18, 7, 0x20, 9)]));
  expect(judgeGcsAnswer('nodes', numbers)).toEqual({ kind: 'answered', answer: [] });
});

test('a field that a later Ray may add beside the nodes is nothing; an empty list with one is not believed', () => {
  const list = [bytesField(1, none), bytesField(2, joined(place))];
  const added = [Uint8Array.of(0x18, 7), bytesField(3, none)];
  expect(judgeGcsAnswer('nodes', withMessage(joined([...list, ...added])))).toMatchObject({ kind: 'answered' });
  expect(judgeGcsAnswer('nodes', withMessage(joined(added)))).toMatchObject({ kind: 'unreadable' });
});

test('the greatest amounts and the greatest port are believed', () => {
  const most = [bytesField(1, id), textField(2, '10.0.0.1'), Uint8Array.of(0x28, 0xff, 0xff, 3)];
  const judged = judgeGcsAnswer('nodes', nodes([...most, resource('CPU', 1_000_000), resource('GPU', 1_000_000)]));
  expect(judged).toMatchObject({ answer: [{ nodeManagerPort: 65_535, cpus: 1_000_000, gpus: 1_000_000 }] });
});

test('a node that is alive and told to leave is draining; no other state of its snapshot is', () => {
  const stateOf = (...more: Uint8Array[]): unknown => {
    const judged = judgeGcsAnswer('nodes', nodes([...place, ...more]));
    return judged.kind === 'answered' ? judged.answer.map(({ state }) => state) : judged;
  };
  expect([0, 1, 2, 3, 4].map((state) => stateOf(snapshot(state)))).toEqual([
    ['alive'],
    ['alive'],
    ['alive'],
    ['draining'],
    ['alive'],
  ]);
  expect(stateOf(snapshot(3), Uint8Array.of(0x38, 1))).toEqual(['dead']);
});

test('a resource that is named twice counts once, the last time', () => {
  const judged = judgeGcsAnswer('nodes', nodes([...place, resource('GPU', 8), resource('GPU', 2)]));
  expect(judged).toMatchObject({ answer: [{ gpus: 2, cpus: 1 }] });
});

test.each<readonly [string, Uint8Array[], string]>([
  ['no address', [bytesField(1, id), port, cpu], 'alive without an address'],
  ['an address of other bytes', [bytesField(1, id), bytesField(2, id), port, cpu], 'alive without an address'],
  ['a blank before it', [bytesField(1, id), textField(2, ' 10.0.0.1'), port, cpu], 'alive without an address'],
  ['a blank behind it', [bytesField(1, id), textField(2, '10.0.0.1 '), port, cpu], 'alive without an address'],
  [
    'neither CPU nor node: resource',
    [bytesField(1, id), textField(2, '10.0.0.1'), port, resource('memory', 1)],
    'alive without CPU or node: resource',
  ],
  ['no id', [textField(2, '10.0.0.1'), port, cpu], 'an id of 0 bytes (28 expected)'],
  ['a longer id', [bytesField(1, new Uint8Array(29)), ...place.slice(1)], 'an id of 29 bytes (28 expected)'],
  ['GPUs that are no number', [...place, resource('GPU', Number.NaN)], 'alive with NaN GPU and 1 CPU'],
  ['more GPUs than can be', [...place, resource('GPU', 1_000_001)], 'alive with 1000001 GPU and 1 CPU'],
  ['less than no GPU', [...place, resource('GPU', -1)], 'alive with -1 GPU and 1 CPU'],
  ['CPUs without end', [...place, resource('CPU', Infinity)], 'alive with 0 GPU and Infinity CPU'],
  ['no port', [bytesField(1, id), textField(2, '10.0.0.1'), cpu], 'alive with node manager port 0'],
  ['a port over 65535', [...place, Uint8Array.of(0x28, 0x80, 0x80, 4)], 'alive with node manager port 65536'],
  ['a state that we do not know', [...place, Uint8Array.of(0x38, 2)], 'state unreadable'],
  [
    'a snapshot that is no message',
    [...place, bytesField(15, none), Uint8Array.of(0xe2, 1, 1, 0xff)],
    'state unreadable',
  ],
  ['a resource that is no message', [...place, bytesField(11, Uint8Array.of(0xff))], 'resources unreadable'],
  ['a node that is no message', [Uint8Array.of(0x0a)], 'expected the rest of a number at byte 1'],
])('a list with a node that has %s is not believed', (_, pieces, reason) => {
  expect(judgeGcsAnswer('nodes', nodes(place, pieces))).toEqual({ kind: 'unreadable', reason: `node 2: ${reason}` });
});

test('a node: resource will do for a node without CPUs, and a dead node needs neither address nor resources', () => {
  const bare = [bytesField(1, id), textField(2, 'fd00::1'), port, resource('node:fd00::1', 1)];
  const dead = [bytesField(1, id), Uint8Array.of(0x38, 1), bytesField(11, joined([textField(1, 'x')]))];
  expect(judgeGcsAnswer('nodes', nodes(bare, dead))).toMatchObject({
    answer: [
      { ip: 'fd00::1', cpus: 0, death: null },
      { state: 'dead', ip: '', death: { reason: 'unspecified', message: '' } },
    ],
  });
});

test.each([
  [Uint8Array.of(0xea, 1, 2, 8, 1), 'expected', ''],
  [Uint8Array.of(0xea, 1, 2, 8, 3), 'drain-preempted', ''],
  [Uint8Array.of(0xea, 1, 2, 8, 4), 'drain-idle', ''],
  [Uint8Array.of(0xea, 1, 2, 8, 9), 'unspecified', ''],
  [Uint8Array.of(0xea, 1, 1, 0xff), 'unspecified', ''],
  [Uint8Array.of(0xea, 1, 5, 8, 2, 0x12, 1, 0x41), 'unexpected', 'A'],
])('of a death %j the reason is told as far as it is known', (death, reason, message) => {
  const judged = judgeGcsAnswer('nodes', nodes([...place, Uint8Array.of(0x38, 1), death]));
  expect(judged).toMatchObject({ answer: [{ state: 'dead', death: { reason, message } }] });
});

test('what the GCS itself refuses is told with its code, for every question but health', () => {
  const status = bytesField(1, joined([Uint8Array.of(8, 21), textField(2, 'not now')]));
  for (const question of ['nodes', 'version', 'clusterId', 'metadata'] as const)
    expect(judgeGcsAnswer(question, withMessage(status))).toEqual({ kind: 'gcs-error', code: 21, message: 'not now' });
});

test.each([
  ['version', none, 'no version of Ray in it'],
  ['version', textField(2, 'not a version'), 'no version of Ray in it'],
  ['version', textField(2, 'v2.60.0'), 'no version of Ray in it'],
  ['version', textField(2, '2.60.0 and more'), 'no version of Ray in it'],
  ['clusterId', bytesField(2, new Uint8Array(5)), 'a cluster id of 5 bytes (28 expected)'],
  ['metadata', textField(2, '{"ray_version": "2.60.0"'), 'no versions of Ray and Python in it'],
  ['metadata', textField(2, '{"ray_version": "2.60.0"}'), 'no versions of Ray and Python in it'],
  ['metadata', textField(2, 'null'), 'no versions of Ray and Python in it'],
  ['metadata', textField(2, '2.6'), 'no versions of Ray and Python in it'],
  ['metadata', textField(2, '{"ray_version": 2.6, "python_version": 3.11}'), 'no versions of Ray and Python in it'],
  ['health', Uint8Array.of(8, 9), 'no state of health in it'],
  ['nodes', bytesField(1, Uint8Array.of(0xff)), 'no status'],
  ['nodes', Uint8Array.of(0x0b), 'expected a wire type of 0, 1, 2 or 5 at byte 1'],
] as const)('an answer to "%s" that makes no sense is unreadable', (question, message, reason) => {
  expect(judgeGcsAnswer(question, withMessage(message))).toEqual({ kind: 'unreadable', reason });
});

test('a version whose first number has two digits is one', () => {
  const answer = withMessage(textField(2, '10.0.0rc1'));
  expect(judgeGcsAnswer('version', answer)).toEqual({ kind: 'answered', answer: '10.0.0rc1' });
});

test.each([
  [none, 'unknown'],
  [Uint8Array.of(8, 1), 'serving'],
  [Uint8Array.of(8, 2), 'not serving'],
  [Uint8Array.of(8, 3), 'service unknown'],
])('health %j is told by its name', (message, answer) => {
  expect(judgeGcsAnswer('health', withMessage(message))).toEqual({ kind: 'answered', answer });
});

test('an answer to another question is not taken for the one asked', () => {
  for (const version of versions) {
    expect(judgeGcsAnswer('clusterId', raw(version, 'alive')).kind).toBe('unreadable');
    expect(judgeGcsAnswer('version', raw(version, 'cluster id')).kind).toBe('unreadable');
    expect(judgeGcsAnswer('nodes', raw(version, 'alive')).kind).toBe('unreadable');
    expect(judgeGcsAnswer('nodes', raw(version, 'cluster id')).kind).toBe('unreadable');
    expect(judgeGcsAnswer('metadata', raw(version, 'two nodes')).kind).toBe('unreadable');
  }
});
