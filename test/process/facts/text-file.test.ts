import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { readBeginning, readTextFile } from '#edge/facts/text-file.ts';
import { within } from '#edge/facts/within.ts';

import { put, tempDir } from './temp-dir.ts';

describe('a text file', () => {
  test.each([
    ['', ''],
    ['é🚀\r\n', 'é🚀\r\n'],
    ['\ufeffa', 'a'],
    ['x'.repeat(1_048_576), 'x'.repeat(1_048_576)],
    ['é'.repeat(100_000), 'é'.repeat(100_000)],
  ])('is read whole (case %#)', async (written, text) => {
    const path = await put(join(await tempDir(), 'f'), written);
    expect(await readTextFile(path)).toEqual({ path, text });
  });

  test('larger than 1 MiB is not read', async () => {
    const path = await put(join(await tempDir(), 'f'), 'x'.repeat(1_048_577));
    expect(await readTextFile(path)).toEqual({ path, missing: 'it is larger than 1048576 bytes' });
  });

  test('that is a pipe nobody writes to does not block', async () => {
    const path = join(await tempDir(), 'pipe');
    execFileSync('mkfifo', [path]);
    expect(await readTextFile(path)).toEqual({ path, missing: 'it is not a regular file' });
    expect(await readBeginning(path, 10)).toBeNull();
  });

  test('that never ends is not read', async () => {
    expect(await readTextFile('/dev/zero')).toEqual({ path: '/dev/zero', missing: 'it is not a regular file' });
  });

  test('that is not there', async () => {
    const path = join(await tempDir(), 'none');
    expect(await readTextFile(path)).toEqual({ path, missing: 'not there' });
    expect(await readBeginning(path, 10)).toBeNull();
  });

  test('with a name that no file can have says why', async () => {
    expect(await readTextFile('x'.repeat(5_000))).toMatchObject({ missing: 'ENAMETOOLONG' });
  });

  test('gives its beginning', async () => {
    expect(await readBeginning(await put(join(await tempDir(), 'f'), 'abcdef'), 4)).toBe('abcd');
  });
});

describe('a bound', () => {
  test('ends the wait for what does not answer', async () => {
    const started = performance.now();
    expect(await within(20, new Promise<string>(() => undefined), 'late')).toBe('late');
    expect(performance.now() - started).toBeGreaterThanOrEqual(19);
  });

  test('passes on what answers, and what fails', async () => {
    expect(await within(10_000, Promise.resolve('now'), 'late')).toBe('now');
    await expect(within(10_000, Promise.reject(new Error('no')), 'late')).rejects.toThrow('no');
  });
});
