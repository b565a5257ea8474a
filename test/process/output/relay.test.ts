import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';

import { beforeAll, describe, expect, it } from 'vitest';

import { bundle } from '../bundle.ts';

let launch = '';
let logMuch = '';
beforeAll(() => {
  launch = bundle('launch.ts');
  logMuch = bundle('log-much.ts');
});

type Launched = ChildProcessByStdio<null, Readable, Readable>;

const start = (...words: readonly string[]): Launched =>
  spawn(process.execPath, [launch, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });

const endOf = async (launched: Launched): Promise<number> => (await once(launched, 'exit'))[0] as number;

/** Resolves to the child's pid when the launcher has said that it runs. */
async function spawned(launched: Launched): Promise<number> {
  let said = '';
  for (;;) {
    said += String((await once(launched.stderr, 'data'))[0]);
    const pid = /"pid":(\d+),"msg":"spawned"/.exec(said)?.[1];
    if (pid !== undefined) return Number(pid);
  }
}

const saidAtEnd = (log: string) => JSON.parse(log.trim().split('\n').at(-1)!) as Record<string, unknown>;

describe('relayed output', () => {
  it('comes out byte for byte', async () => {
    const launched = start(
      'relay',
      process.execPath,
      '-e',
      "process.stdout.write(require('crypto').createHash('sha512').update('x').digest())",
    );
    const expected = createHash('sha512').update('x').digest();
    expect(await buffer(launched.stdout)).toEqual(expected);
  });

  it('is complete and in order where there is a lot of it', async () => {
    const launched = start('relay', 'sh', '-c', 'seq 1 2000000; exit 5');
    const [output, log, code] = await Promise.all([buffer(launched.stdout), text(launched.stderr), endOf(launched)]);
    const expected = Buffer.from(Array.from({ length: 2_000_000 }, (_, index) => `${index + 1}\n`).join(''));
    expect(output.equals(expected)).toBe(true);
    expect(code).toBe(5);
    expect(saidAtEnd(log)).toMatchObject({ name: 'vllm-launch', last: '2000000', drained: 'ended' });
  });

  it('is complete where its reader comes late', async () => {
    const launched = start('relay', 'python3', 'test/programs/print-much.py', '2000000');
    await spawned(launched);
    const output = await buffer(launched.stdout);
    expect(output.length).toBe(2_000_000);
    launched.stderr.resume();
    expect(await endOf(launched)).toBe(0);
  });

  it('goes nowhere when its reader is gone, while the child runs on', async () => {
    const launched = start('relay', 'sh', '-c', 'seq 1 200000; echo still there >&2; exit 3');
    launched.stdout.destroy();
    const [log, code] = await Promise.all([text(launched.stderr), endOf(launched)]);
    expect(code).toBe(3);
    expect(log).toContain('still there');
    expect(log.split('\n').filter((line) => line.includes('reader gone'))).toHaveLength(1);
  });

  it('does not tear a line of the child for one of ours', async () => {
    const launched = start('relay', 'sh', '-c', 'printf begin >&2; sleep 0.1; echo " end" >&2');
    const log = await text(launched.stderr);
    expect(log).toMatch(/^begin end$/m);
    expect(log).toMatch(/"msg":"ended"/);
  });

  it('does not hold up the end for a daemon that keeps the pipe', async () => {
    const launched = start('relay', 'sh', '-c', 'sleep 1000 & echo $!; exit 4');
    const [output, log, code] = await Promise.all([text(launched.stdout), text(launched.stderr), endOf(launched)]);
    process.kill(Number(output), 'SIGKILL');
    expect([code, saidAtEnd(log)['drained']]).toEqual([4, 'cut']);
  });
});

describe('inherited output', () => {
  const flagsOf = (pid: number, fd: number): number =>
    Number.parseInt(/flags:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))![1]!, 8);
  const nonBlocking = 0o4000;

  it('stays blocking for the child while we log', async () => {
    const launched = start('inherit', 'sleep', '1000');
    const pid = await spawned(launched);
    expect([1, 2].map((fd) => flagsOf(pid, fd) & nonBlocking)).toEqual([0, 0]);
    process.kill(pid, 'SIGKILL');
    expect(await endOf(launched)).toBe(137);
  });

  it('of a Python program is complete where its reader comes late', async () => {
    const launched = start('inherit', 'python3', 'test/programs/print-much.py', '2000000');
    await spawned(launched);
    const log = text(launched.stderr);
    expect((await buffer(launched.stdout)).length).toBe(2_000_000);
    expect(saidAtEnd(await log)).toMatchObject({ msg: 'ended', code: 0 });
  });
});

describe('the log', () => {
  it('ends nobody where nobody reads it', async () => {
    const launched = start('inherit', 'sh', '-c', 'exit 6');
    launched.stderr.destroy();
    launched.stdout.resume();
    expect(await endOf(launched)).toBe(6);
  });

  it('holds nobody up where its reader stands still', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vllm-launch-log-'));
    // The reader reads nothing before the writer has ended.
    const script = 'mkfifo "$1"; { "$2" "$3" 2>&1; echo $? >"$1"; } | { read -r code <"$1"; head -n 3; echo "$code"; }';
    const shell = spawn('sh', ['-c', script, 'sh', join(folder, 'ended'), process.execPath, logMuch], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = (await text(shell.stdout)).trim().split('\n');
    rmSync(folder, { recursive: true });
    expect(lines).toHaveLength(4);
    expect(lines[2]).toMatch(/ line 2 x+$/);
    expect(lines[3]).toBe('0');
  });
});
