import { chmodSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeEach, expect, onTestFinished, test } from 'vitest';

import { openTermination } from '#edge/files/termination.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'termination-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
});

test('a machine that is no pod has no message', () => {
  expect(openTermination(null, join(directory, 'missing'))).toBeNull();
});

test('a pod gets its message in the default place', () => {
  const path = join(directory, 'log');
  writeFileSync(path, '');
  const file = openTermination(null, path);
  expect(file?.write('{"a":1}')).toBeNull();
  expect(file?.path).toBe(path);
  expect(readFileSync(path, 'utf8')).toBe('{"a":1}');
});

test('the file is rewritten in place, longer or shorter, so that a bind mount keeps it', () => {
  const path = join(directory, 'log');
  const mounted = join(directory, 'mounted');
  const file = openTermination(path);
  expect(file?.write('{"long":"message"}')).toBeNull();
  linkSync(path, mounted);
  const { ino } = statSync(path);
  for (const text of ['{}', '{"longer":"than before, by far"}', '{"é":"🦀"}']) {
    expect(file?.write(text)).toBeNull();
    expect(readFileSync(mounted, 'utf8')).toBe(text);
  }
  expect(statSync(path).ino).toBe(ino);
});

test('what somebody else left in the file goes', () => {
  const path = join(directory, 'log');
  writeFileSync(path, 'x'.repeat(200_000));
  expect(openTermination(path)?.write('{}')).toBeNull();
  expect(readFileSync(path, 'utf8')).toBe('{}');
});

test.each([
  ['a directory that is missing', 'missing/log', 'ENOENT'],
  ['a directory', '.', 'EISDIR'],
])('%s is said once and no more', (_, name, code) => {
  const path = join(directory, name);
  const file = openTermination(path);
  expect(file?.write('{}')).toBe(
    `cannot write the termination message to ${path}: ${code}; name another file with --termination-log`,
  );
  expect(file?.write('{}')).toBeNull();
});

test('a device is left alone', () => {
  expect(openTermination('/dev/null')?.write('{}')).toContain('it is not a regular file');
});

test('a place that works again later is written again', () => {
  const path = join(directory, 'later', 'log');
  const file = openTermination(path);
  expect(file?.write('{"n":1}')).toContain('ENOENT');
  mkdirSync(join(directory, 'later'));
  expect(file?.write('{"n":2}')).toBeNull();
  expect(readFileSync(path, 'utf8')).toBe('{"n":2}');
});

test.skipIf(process.getuid?.() === 0)('a default that may not be written is no message', () => {
  const path = join(directory, 'log');
  writeFileSync(path, '');
  chmodSync(path, 0o444);
  expect(openTermination(null, path)).toBeNull();
});
