import { expect, test } from 'vitest';

import { answer, brokenAnswer } from '#core/report/answer.ts';

import { cause, member, sample, view } from './status-sample.ts';

const ask = (url: string, change: Parameters<typeof view>[0] = {}, local = false, method = 'GET') =>
  answer({ method, url, local }, () => view(change));
const yes = { ok: true, reason: 'yes' };

test.each([
  ['/livez', { live: yes }, 200, 'yes\n'],
  ['/livez', { live: { ok: false, reason: 'cleaning up is stuck' } }, 503, 'cleaning up is stuck\n'],
  ['/readyz', {}, 503, 'waiting for group all 2 members, missing rank 1\n'],
  ['/readyz', { ready: yes }, 200, 'yes\n'],
  ['/readyz?verbose', { ready: yes }, 200, 'yes\n'],
  ['/startupz', {}, 503, 'not started\n'],
  ['/startupz', { started: yes }, 200, 'yes\n'],
  ['/readyz', { ready: { ok: false, reason: 'two\nlines\r\n\r\nX: y' } }, 503, 'two lines X: y\n'],
])('%s with %j is %i %j', (url, change, status, body) => {
  expect(ask(url, change)).toEqual({ status, type: 'text/plain; charset=utf-8', body });
});

test.each(['/', '/metrics', '/livez/', '/LIVEZ', '', '*', '//livez', '/status/../status'])('%j is not here', (url) => {
  expect(ask(url)).toMatchObject({ status: 404, body: 'not here; there are /livez /readyz /startupz /status\n' });
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', ''])(
  '%j changes nothing, and the state is not even read',
  (method) => {
    const unread = () => {
      throw new Error('read');
    };
    const { status, body } = answer({ method, url: '/status', local: true }, unread);
    expect([status, body]).toEqual([405, 'only GET and HEAD\n']);
  },
);

test('HEAD is answered like GET', () => {
  expect(ask('/readyz', {}, false, 'HEAD')).toEqual(ask('/readyz'));
});

test('a client on this node gets the last lines, of the engine and of a cause', () => {
  const status = sample({ cause, members: [member(1, { cause })] });
  const document: unknown = JSON.parse(ask('/status', { status }, true).body);
  expect(document).toEqual({ ...status, tail: ['INFO ready'] });
});

test('a client elsewhere gets everything but what the engine printed', () => {
  const status = sample({ cause, members: [member(1, { cause })], tail: ['never'] });
  const { type, body } = ask('/status', { status, tail: () => ['never'] });
  expect(type).toBe('application/json; charset=utf-8');
  expect(body).not.toMatch(/never|the last line/);
  const silent = { ...cause, lastLines: [] };
  expect(JSON.parse(body)).toEqual({ ...status, cause: silent, members: [member(1, { cause: silent })], tail: null });
});

test('where nothing happened there is no cause to take the lines out of', () => {
  expect(JSON.parse(ask('/status').body)).toEqual(sample());
});

test('a state that cannot be read is our failure', () => {
  expect(brokenAnswer('odd')).toMatchObject({ status: 500, body: 'cannot read the state: odd\n' });
});
