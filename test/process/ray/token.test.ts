import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { askRay } from '#edge/ray/ask.ts';

import { recorded } from '../../unit/upstream/ray/recorded.ts';
import { put, tempDir } from '../facts/temp-dir.ts';
import { http2 } from './servers.ts';

const question = { kind: 'askRay', epoch: 1, host: '127.0.0.1', question: 'clusterId' } as const;
const { signal: over } = new AbortController();
const token = 'a-token-that-nobody-may-see';

/** Asks a server that wants the token, with this environment; what it heard, and all that came back as text. */
async function asked(env: Readonly<Record<string, string>>): Promise<{ heard: unknown; said: string }> {
  const heard: unknown[] = [];
  const { port } = await http2((stream, { authorization }) => {
    heard.push(authorization ?? null);
    const { headers } = recorded('2.60.0', 'without the token');
    stream.respond(headers, { endStream: true });
  });
  const answer = await askRay({ ...question, port }, { HOME: '/nonexistent', RAY_AUTH_MODE: 'token', ...env }, over);
  const said = JSON.stringify(answer);
  expect(said).not.toContain('nobody-may-see');
  return { heard: heard.length === 0 ? 'nothing' : heard[0], said };
}

const sent = `Bearer ${token}`;

test('the token is that of the variable, of the file it names, of the home, in this order', async () => {
  const folder = await tempDir();
  const home = { HOME: folder };
  await put(join(folder, '.ray', 'auth_token'), `${token}-home`);
  const file = { RAY_AUTH_TOKEN_PATH: await put(join(folder, 'token'), `${token}-file`) };
  const variable = { RAY_AUTH_TOKEN: token };
  expect(await asked({ ...home, ...file, ...variable })).toMatchObject({ heard: sent });
  expect(await asked({ ...home, ...file })).toMatchObject({ heard: `${sent}-file` });
  expect(await asked(home)).toMatchObject({ heard: `${sent}-home` });
  // Empty is absent, as with the variables of a pod that nobody filled.
  expect(await asked({ ...home, ...file, RAY_AUTH_TOKEN: '' })).toMatchObject({ heard: `${sent}-file` });
  expect(await asked({ ...home, RAY_AUTH_TOKEN_PATH: '' })).toMatchObject({ heard: `${sent}-home` });
});

test('blanks and ends of lines around it are none of it', async () => {
  const path = await put(join(await tempDir(), 'token'), `\n ${token}\r\n\n`);
  expect(await asked({ RAY_AUTH_TOKEN_PATH: path })).toMatchObject({ heard: sent });
  expect(await asked({ RAY_AUTH_TOKEN: ` ${token}\n` })).toMatchObject({ heard: sent });
});

test('without the mode there is no token, in whatever case the mode is written', async () => {
  expect(await asked({ RAY_AUTH_MODE: 'disabled', RAY_AUTH_TOKEN: token })).toMatchObject({ heard: null });
  expect(await asked({ RAY_AUTH_MODE: '', RAY_AUTH_TOKEN: token })).toMatchObject({ heard: null });
  expect(await asked({ RAY_AUTH_MODE: 'TOKEN', RAY_AUTH_TOKEN: token })).toMatchObject({ heard: sent });
});

test('a file that is missing, empty, a folder, a pipe or too large is no token, and Ray says what it makes of that', async () => {
  const folder = await tempDir();
  await mkdir(join(folder, 'folder'));
  spawnSync('mkfifo', [join(folder, 'pipe')]);
  await put(join(folder, 'empty'), '');
  await put(join(folder, 'blank'), ' \n');
  await put(join(folder, 'large'), token.repeat(100_000));
  for (const name of ['missing', 'folder', 'pipe', 'empty', 'blank', 'large']) {
    const { heard, said } = await asked({ RAY_AUTH_TOKEN_PATH: join(folder, name) });
    expect([name, heard]).toEqual([name, null]);
    expect(said).toContain('InvalidAuthToken');
  }
});

test.skipIf(process.getuid?.() === 0)('a file that may not be read is no token', async () => {
  const path = await put(join(await tempDir(), 'token'), token, 0o000);
  expect(await asked({ RAY_AUTH_TOKEN_PATH: path })).toMatchObject({ heard: null });
});

test.each([
  ['ends of lines', `${token}\n${token}`],
  ['blanks', `${token} ${token}`],
  ['letters beyond ASCII', `${token}é`],
  ['too many letters', token.repeat(1_000)],
])('one with %s in it is not sent at all, and why is said without it', async (_, text) => {
  const { heard, said } = await asked({ RAY_AUTH_TOKEN: text });
  expect(heard).toBe('nothing');
  expect(said).toContain('a token that is empty or longer than 4096');
});
