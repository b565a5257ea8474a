import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeEach, expect, onTestFinished, test } from 'vitest';

import { writeWhole } from '#edge/files/write.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'write-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
});

test('a file is written whole, over an older one too, and nothing else is left', async () => {
  const path = join(directory, 'journal.jsonl');
  expect(await writeWhole(path, 'one\n', 'journal')).toBeNull();
  expect(await writeWhole(path, 'two\n', 'journal')).toBeNull();
  expect(readFileSync(path, 'utf8')).toBe('two\n');
  expect(readdirSync(directory)).toEqual(['journal.jsonl']);
});

test.each([
  ['a directory that is missing', 'missing/journal', 'ENOENT'],
  ['a directory in its place', 'taken', 'it is not a regular file'],
  ['a file where a directory should be', 'file/journal', 'ENOTDIR'],
])('%s is the problem io with the path, and nothing is left', async (_, name, why) => {
  mkdirSync(join(directory, 'taken'));
  writeFileSync(join(directory, 'file'), '');
  const path = join(directory, name);
  expect(await writeWhole(path, 'x', 'journal')).toMatchObject({
    name: 'io',
    message: `cannot write the journal to ${path}: ${why}`,
  });
  expect(readdirSync(directory).toSorted()).toEqual(['file', 'taken']);
});

test('a device is not replaced by a file', async () => {
  expect(await writeWhole('/dev/null', 'x', 'journal')).toMatchObject({ name: 'io' });
});
