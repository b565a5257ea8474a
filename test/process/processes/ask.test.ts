import { describe, expect, test } from 'vitest';

import { ask } from '#edge/processes/ask.ts';

const node = (script: string, bounds = { timeoutMs: 20_000, maxBytes: 1_000 }) =>
  ask(process.execPath, ['-e', script], bounds);

describe('a question to a program', () => {
  test('is answered with what it prints', async () => {
    expect(await node('console.log("out"); console.error("err")')).toEqual({ ok: true, stdout: 'out', stderr: 'err' });
  });

  test('passes words as they are', async () => {
    const words = ['a b', '$HOME', "'", '*'];
    const answer = await ask(
      process.execPath,
      ['-e', 'process.stdout.write(JSON.stringify(process.argv.slice(1)))', ...words],
      { timeoutMs: 20_000, maxBytes: 1_000 },
    );
    expect(JSON.parse(answer.stdout)).toEqual(words);
  });

  test('gives it nothing to read', async () => {
    expect(await node('process.stdin.resume(); process.stdin.on("end", () => console.log("end"))')).toMatchObject({
      stdout: 'end',
    });
  });

  test('that ends with a code is not answered, but what it printed is there', async () => {
    expect(await node('console.log("half"); process.exitCode = 3')).toEqual({
      ok: false,
      stdout: 'half',
      stderr: '',
      why: 'exit code 3',
    });
  });

  test('that ends by a signal says which', async () => {
    expect(await node('process.kill(process.pid, "SIGKILL")')).toMatchObject({ ok: false, why: 'SIGKILL' });
  });

  test('that cannot be started says why', async () => {
    expect(await ask('/none/such', [], { timeoutMs: 1_000, maxBytes: 10 })).toEqual({
      ok: false,
      stdout: '',
      stderr: '',
      why: 'ENOENT',
    });
  });

  test('that prints too much is cut off', async () => {
    const answer = await node('setInterval(() => process.stdout.write("x".repeat(500)), 1)');
    expect(answer).toMatchObject({ ok: false, why: 'it prints more than 1000 bytes' });
    expect(answer.stdout.length).toBeLessThanOrEqual(1_000);
  });

  test('that is not answered in time is given up, even where a grandchild holds its output', async () => {
    const script = `process.on('SIGTERM', () => {}); require('child_process').spawn('sleep', ['3'], { stdio: 'inherit' }); setInterval(() => {}, 1000)`;
    const started = performance.now();
    expect(await node(script, { timeoutMs: 300, maxBytes: 1_000 })).toEqual({
      ok: false,
      stdout: '',
      stderr: '',
      why: 'no answer within 300 ms',
    });
    expect(performance.now() - started).toBeLessThan(2_500);
  });

  test('leaves no handler for signals behind', async () => {
    const before = process.eventNames().length;
    await node('1');
    expect(process.eventNames().length).toBe(before);
  });
});
