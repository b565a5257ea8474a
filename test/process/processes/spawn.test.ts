import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { afterAll, afterEach, describe, expect, it } from 'vitest';

import { childEnv } from '#edge/processes/child-env.ts';
import { readStat } from '#edge/processes/proc.ts';

import { cleanUp, start, tryStart } from './family.ts';

const folder = mkdtempSync(join(tmpdir(), 'vllm-launch-spawn-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(cleanUp);

function file(name: string, text: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('the end of a child', () => {
  it('is known by each of its 256 exit codes', async () => {
    for (let first = 0; first < 256; first += 32) {
      const codes = Array.from({ length: 32 }, (_, index) => first + index);
      const ends = codes.map(async (code) => (await start(['sh', '-c', `exit ${code}`])).ended);
      expect(await Promise.all(ends)).toEqual(codes.map((code) => [code, null]));
    }
  });

  it.each(['TERM', 'KILL', 'INT', 'HUP', 'QUIT', 'SEGV', 'ABRT', 'PIPE', 'USR1', 'ALRM'])(
    'is known by SIG%s',
    async (name) => {
      const child = await start(['sh', '-c', `ulimit -c 0; kill -${name} $$`]);
      expect(await child.ended).toEqual([null, `SIG${name}`]);
    },
  );

  it('is told at once to who asks later', async () => {
    const child = await start(['true']);
    await child.ended;
    const told: unknown[] = [];
    child.onExit((...end) => told.push(end));
    expect(told).toEqual([[0, null]]);
  });

  it('is not held up by one who inherited its output', async () => {
    const child = await start(['sh', '-c', 'sleep 1000 & exit 3']);
    expect(await child.ended).toEqual([3, null]);
    expect(child.stdout?.readableEnded).toBe(false);
  });
});

describe('a command that cannot be started', () => {
  const script = (name: string, first: string) => file(name, `${first}\n`);
  it.each([
    ['a name that is not on PATH', () => 'no-such-command', 'not-found', /not on PATH \(\/.*install it/],
    ['a path that does not exist', () => '/no/such/program', 'not-found', /no such file/],
    ['an empty word', () => '', 'not-found', /the command is empty/],
    [
      'a missing interpreter',
      () => script('broken', '#!/no/such/interpreter -x'),
      'not-found',
      /interpreter \/no\/such\/interpreter/,
    ],
    [
      'a file without the execute bit',
      () => file('plain', '#!/bin/sh\n', 0o644),
      'not-executable',
      /may not be executed \(EACCES\)/,
    ],
    ['a directory', () => folder, 'not-executable', /it is a directory/],
    ['a file used as a directory', () => `${file('leaf', '')}/x`, 'not-executable', /ENOTDIR/],
    ['a word with a NUL', () => 'a\0b', 'os', /null bytes/],
  ])('%s: says so', async (_, make, why, reason) => {
    const command = make();
    const failure = await tryStart([command]);
    expect(failure).toMatchObject({ kind: 'spawn-failed', why, reason: expect.stringMatching(reason) });
  });

  it('for its arguments are too long: is a matter of the system', async () => {
    expect(await tryStart(['true', 'x'.repeat(3_000_000)])).toMatchObject({
      why: 'os',
      reason: expect.stringContaining('E2BIG'),
    });
  });

  it('for its directory does not exist: is a matter of the system', async () => {
    expect(await tryStart(['true'], { cwd: join(folder, 'none') })).toMatchObject({
      why: 'os',
      reason: expect.stringContaining('none'),
    });
  });

  it('where PATH is not set: is looked for where execvp does', async () => {
    expect(await tryStart(['no-such-command'], {}, {})).toMatchObject({
      reason: expect.stringContaining('/bin:/usr/bin'),
    });
  });
});

describe('a child', () => {
  const printArguments = () => file('arguments', '#!/bin/sh\nfor word; do printf "%s\\0" "$word"; done\n');

  it('gets odd arguments as they are', async () => {
    const words = [
      '',
      ' ',
      'a b',
      "it's",
      '"',
      '$HOME',
      '`id`',
      '*',
      '\\',
      'line\nbreak',
      '\u00fc\u{1f600}',
      '--',
      '-',
      '; exit 1',
    ];
    const child = await tryStart([printArguments(), ...words]);
    if (child.kind !== 'child') throw new Error(child.reason);
    expect((await buffer(child.stdout!)).toString()).toBe(words.map((word) => `${word}\0`).join(''));
  });

  it('gets our environment without our own options', async () => {
    const env = {
      PATH: process.env['PATH'],
      A: 'x=y\nz',
      EMPTY: '',
      VLLM_LAUNCH_GRACE: '5s',
      VLLM_HOST_IP: '10.0.0.1',
    };
    const child = await tryStart(['env', '-0'], {}, env);
    if (child.kind !== 'child') throw new Error(child.reason);
    const variables = (await buffer(child.stdout!)).toString().split('\0').filter(Boolean).sort();
    expect(variables).toEqual(['A=x=y\nz', 'EMPTY=', `PATH=${env.PATH}`, 'VLLM_HOST_IP=10.0.0.1']);
  });

  it('that is a script without #! runs through sh', async () => {
    expect(await (await start([file('bare', 'exit 9\n')])).ended).toEqual([9, null]);
  });

  it('runs in the directory it is given', async () => {
    mkdirSync(join(folder, 'there'), { recursive: true });
    expect(await (await start(['pwd', '-P'], { cwd: join(folder, 'there') })).line()).toMatch(/\/there$/);
  });

  it('leads a session of its own, and its start time is known', async () => {
    const child = await start(['sleep', '1000']);
    expect(readStat(child.pid)).toMatchObject({ session: child.pid, startTicks: child.startTicks });
  });

  it('stays in our session where it shall have the terminal', async () => {
    const child = await start(['sleep', '1000'], { terminal: true });
    expect(readStat(child.pid)?.session).toBe(readStat('self')?.session);
  });

  it('has no signal ignored or blocked', async () => {
    const child = await start(['grep', '-E', '^Sig(Ign|Blk)', '/proc/self/status']);
    expect(await child.line()).toBe('SigBlk:\t0000000000000000');
    expect(await child.line()).toBe('SigIgn:\t0000000000000000');
  });

  it('has no file that we have open', async () => {
    const path = file('ours', '');
    const fd = openSync(path, 'r');
    const child = await start(['sh', '-c', 'readlink /proc/$$/fd/*; echo end']);
    const seen: string[] = [];
    for (let line = ''; line !== 'end'; seen.push(line)) line = await child.line();
    closeSync(fd);
    expect(seen).not.toContain(path);
  });

  it('is gone from /proc as it was when it has ended', async () => {
    const child = await start(['true']);
    await child.ended;
    expect(readStat(child.pid)?.startTicks).not.toBe(child.startTicks);
  });
});

describe('childEnv', () => {
  it('sets, leaves out and unsets, in this order', () => {
    const own = { A: '1', B: '2', C: '3', VLLM_LAUNCH_X: '4', GONE: undefined, ['__proto__']: 'odd' };
    const env = childEnv(own, { set: { B: 'two', D: '4', E: null }, unset: ['C', 'D'] });
    expect(Object.entries(env)).toEqual(Object.entries({ A: '1', B: 'two', ['__proto__']: 'odd' }));
  });
});
