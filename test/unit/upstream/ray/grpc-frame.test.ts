import { expect, test } from 'vitest';

import { frameMessage, unframe } from '#upstream/ray/grpc-frame.ts';
import { bytesField, textField } from '#upstream/ray/write-wire.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hexOf = (written: Uint8Array): string => Buffer.from(written).toString('hex');

test.each([
  ['00 00000000', ''],
  ['00 00000003 0a0141', '0a0141'],
])('the frame %s holds one message', (frame, message) => {
  expect(unframe(bytes(frame))).toEqual({ kind: 'message', message: bytes(message) });
  expect(hexOf(frameMessage(bytes(message)))).toBe(frame.replaceAll(' ', ''));
});

test.each([
  ['00', { kind: 'short', missingBytes: 4 }],
  ['00 000000', { kind: 'short', missingBytes: 1 }],
  ['00 00000003 0a01', { kind: 'short', missingBytes: 1 }],
  ['00 ffffffff', { kind: 'short', missingBytes: 0xffff_ffff }],
  ['', { kind: 'bad', expected: 'a message, got none' }],
  ['01 00000000', { kind: 'bad', expected: 'a message that is not compressed' }],
  ['48545450', { kind: 'bad', expected: 'a message that is not compressed' }],
  ['00 00000001 08 00', { kind: 'bad', expected: 'one message of 1 bytes, got 1 more' }],
  ['00 00000001 08 00 00', { kind: 'bad', expected: 'one message of 1 bytes, got 2 more' }],
])('the body "%s" is not one frame', (body, expected) => {
  expect(unframe(bytes(body))).toEqual(expected);
});

test('a frame that is a window of a greater buffer is read as the window', () => {
  expect(unframe(bytes('ffffff 00 00000001 08 ffff').subarray(3, 9))).toEqual({
    kind: 'message',
    message: bytes('08'),
  });
});

test('fields are written with their number, their length and their bytes', () => {
  expect(hexOf(textField(1, 'é'))).toBe('0a02c3a9');
  expect(hexOf(bytesField(2, new Uint8Array()))).toBe('1200');
  expect(hexOf(bytesField(1, new Uint8Array(127))).slice(0, 6)).toBe('0a7f00');
  expect(hexOf(bytesField(1, new Uint8Array(128))).slice(0, 8)).toBe('0a800100');
  expect(hexOf(bytesField(15, new Uint8Array(300))).slice(0, 6)).toBe('7aac02');
});
