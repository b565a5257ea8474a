import { expect, test } from 'vitest';

import { connectReason } from '#edge/network/connect-reason.ts';

const failure = (code: string) => Object.assign(new Error(code), { code });
const several = (...codes: string[]) => new AggregateError(codes.map(failure));

test.each<[unknown, string]>([
  [failure('ECONNREFUSED'), 'refused'],
  [failure('ETIMEDOUT'), 'timeout'],
  [failure('EHOSTUNREACH'), 'unreachable (EHOSTUNREACH)'],
  [failure('ENETUNREACH'), 'unreachable (ENETUNREACH)'],
  [failure('EINVAL'), 'unreachable (EINVAL)'],
  [failure('ECONNRESET'), 'reset'],
  [failure('EPIPE'), 'reset'],
  [failure('ENOTFOUND'), 'name not resolved (ENOTFOUND)'],
  [failure('EAI_AGAIN'), 'name not resolved (EAI_AGAIN)'],
  [failure('HPE_INVALID_CONSTANT'), 'not a launcher (no HTTP)'],
  [failure('EMFILE'), 'failed (EMFILE)'],
  [new Error('odd'), 'failed (odd)'],
  ['odd', 'failed (odd)'],
  [new Error('outer', { cause: failure('ECONNREFUSED') }), 'refused'],
  [several('ECONNREFUSED', 'ECONNREFUSED'), 'refused'],
])('%o is %s', (error, reason) => {
  expect(connectReason(error)).toBe(reason);
});

// A refusal is taken as a death: it must not be read into a name of which only one address refused.
test.each([
  [several('ECONNREFUSED', 'ETIMEDOUT'), 'timeout'],
  [several('ECONNREFUSED', 'EHOSTUNREACH'), 'unreachable (EHOSTUNREACH)'],
  [several('ECONNRESET', 'ECONNREFUSED'), 'reset'],
  [several('ECONNREFUSED', 'EMFILE'), 'failed (EMFILE)'],
])('of several addresses the least certain answer counts: %o is %s', (error, reason) => {
  expect(connectReason(error)).toBe(reason);
});

test('an address family that this node has not takes no part', () => {
  expect(connectReason(several('ENETUNREACH', 'ECONNREFUSED'))).toBe('refused');
  expect(connectReason(several('EADDRNOTAVAIL', 'EAFNOSUPPORT'))).toBe('unreachable (EADDRNOTAVAIL)');
});
