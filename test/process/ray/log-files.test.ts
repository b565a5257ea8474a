import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { rayLogLines } from '#edge/ray/log-files.ts';

import { tempDir } from '../facts/temp-dir.ts';

/** A folder as Ray makes it: a session, the link to it, and its logs. */
async function rayFolder(logs: Readonly<Record<string, string | Buffer>>): Promise<{ folder: string; logs: string }> {
  const folder = await tempDir();
  const inside = join(folder, 'session_2026-11-21_16-20-27_231394_23', 'logs');
  await mkdir(inside, { recursive: true });
  await symlink(join(folder, 'session_2026-11-21_16-20-27_231394_23'), join(folder, 'session_latest'));
  await Promise.all(Object.entries(logs).map(([name, text]) => writeFile(join(inside, name), text)));
  return { folder, logs: inside };
}

const lines = async (logs: Readonly<Record<string, string | Buffer>>) =>
  rayLogLines({ ...(await rayFolder(logs)), pid: null });

test('the logs of the processes that a node cannot live without are read, each line behind its file', async () => {
  const told = await lines({
    'raylet.err': 'Check failed\n',
    'raylet.out': 'one\n\n  \ntwo\n',
    'gcs_server.out': 'three',
    'dashboard_agent.log': 'four\r\n',
    'runtime_env_agent.err': 'five\n',
    'monitor.log': 'not one of them\n',
    'worker-0123-ffffffff-42.err': 'the engine tells it itself\n',
    'raylet.out.1': 'rotated away\n',
    'raylet.errata': 'another name\n',
  });
  expect(told).toEqual([
    '[dashboard_agent.log] four',
    '[gcs_server.out] three',
    '[raylet.err] Check failed',
    '[raylet.out] one',
    '[raylet.out] two',
    '[runtime_env_agent.err] five',
  ]);
});

test('a worker that is the cause tells its own words first', async () => {
  const { folder } = await rayFolder({
    'raylet.out': 'a worker died\n',
    'worker-0123-01000000-42.err': 'RuntimeError: no\n',
    'worker-0123-01000000-42.out': 'loading\n',
    'worker-0123-01000000-142.err': 'another one\n',
  });
  expect(await rayLogLines({ folder, pid: 42 })).toEqual([
    '[worker-0123-01000000-42.err] RuntimeError: no',
    '[worker-0123-01000000-42.out] loading',
    '[raylet.out] a worker died',
  ]);
});

test('the last four lines of a long log are read, and nothing before its last 4 KiB', async () => {
  const long = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`).join('');
  expect(await lines({ 'raylet.out': long })).toEqual(
    [99_996, 99_997, 99_998, 99_999].map((index) => `[raylet.out] line ${index}`),
  );
  expect(await lines({ 'raylet.out': `seen\n${'x'.repeat(4_096)}\nlast\n` })).toEqual(['[raylet.out] last']);
});

test.each([
  ['with its end', 'x'.repeat(1_000_000)],
  ['and the end of the line', `${'x'.repeat(1_000_000)}\n`],
])('one huge line %s is told as far as a line may be long', async (_, line) => {
  expect(await lines({ 'raylet.out': line })).toEqual([`[raylet.out] ${'x'.repeat(512 - 13)}`]);
});

test('bytes that are no UTF-8, and those that would move a terminal, are told as text', async () => {
  const broken = Buffer.concat([Buffer.from('a\u001b[31m b\0c '), Buffer.from([0xff, 0xc3]), Buffer.from(' d\n')]);
  expect(await lines({ 'raylet.out': broken })).toEqual(['[raylet.out] a [31m b c \ufffd\ufffd d']);
});

test('no folder, no session, no logs: nothing to tell', async () => {
  const empty = await tempDir();
  expect(await rayLogLines({ folder: join(empty, 'none'), pid: null })).toEqual([]);
  expect(await rayLogLines({ folder: empty, pid: null })).toEqual([]);
  expect(await lines({})).toEqual([]);
  await writeFile(join(empty, 'session_latest'), 'a file');
  expect(await rayLogLines({ folder: empty, pid: null })).toEqual([]);
});

test('a link that leads out of the folder is not followed, be it a log or the session', async () => {
  const outside = await rayFolder({ 'raylet.out': 'a secret of somebody else\n' });
  const { folder, logs } = await rayFolder({ 'raylet.err': 'own\n' });
  await symlink(join(outside.logs, 'raylet.out'), join(logs, 'raylet.out'));
  await symlink('/dev/zero', join(logs, 'gcs_server.out'));
  expect(await rayLogLines({ folder, pid: null })).toEqual(['[raylet.err] own']);
  const other = await tempDir();
  await symlink(outside.folder, join(other, 'session_latest'));
  expect(await rayLogLines({ folder: other, pid: null })).toEqual([]);
  await symlink(join(outside.folder, 'session_latest'), join(`${other}`, 'session_2'));
  expect(await rayLogLines({ folder: other, pid: null })).toEqual([]);
});

test('a folder, a pipe that nobody writes to, and a link in a circle hold nothing up', async () => {
  const { folder, logs } = await rayFolder({ 'raylet.err': 'own\n' });
  await mkdir(join(logs, 'raylet.out'));
  spawnSync('mkfifo', [join(logs, 'gcs_server.out')]);
  await symlink('dashboard_agent.log', join(logs, 'dashboard_agent.log'));
  expect(await rayLogLines({ folder, pid: null })).toEqual(['[raylet.err] own']);
});

test('a folder that is itself reached over a link is read', async () => {
  const { folder } = await rayFolder({ 'raylet.err': 'own\n' });
  const link = join(await tempDir(), 'ray');
  await symlink(folder, link);
  expect(await rayLogLines({ folder: link, pid: null })).toEqual(['[raylet.err] own']);
});

test('a log that grows while it is read costs no more than its end', async () => {
  const { folder, logs } = await rayFolder({ 'raylet.out': 'first\n' });
  const grow = async () => {
    for (let count = 0; count < 200; count += 1) await appendFile(join(logs, 'raylet.out'), 'more\n'.repeat(500));
  };
  const [told] = await Promise.all([rayLogLines({ folder, pid: null }), grow()]);
  expect(told.length).toBeLessThanOrEqual(4);
  expect((await rayLogLines({ folder, pid: null })).every((line) => line === '[raylet.out] more')).toBe(true);
});
