import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { findExecutable } from '#edge/facts/executable.ts';

import { link, put, tempDir } from './temp-dir.ts';

describe('a program', () => {
  test('is the first on PATH that may be executed', async () => {
    const root = await tempDir();
    await mkdir(join(root, 'a'));
    await mkdir(join(root, 'b', 'tool'), { recursive: true });
    await put(join(root, 'c', 'tool'), '', 0o644);
    const path = await put(join(root, 'd', 'tool'), '', 0o755);
    await put(join(root, 'e', 'tool'), '', 0o755);
    const PATH = ['none', 'a', 'b', 'c', 'd', 'e'].map((name) => join(root, name)).join(':');
    expect(await findExecutable('tool', PATH)).toEqual({ found: true, word: 'tool', path });
  });

  test.each([
    ['b', 'directory'],
    ['c', 'not-executable'],
    ['a:b', 'directory'],
    ['b:a', 'directory'],
    ['a', 'not-found'],
    ['file', 'not-found'],
  ])('on a PATH of %s is %s', async (folders, why) => {
    const root = await tempDir();
    await mkdir(join(root, 'a'));
    await mkdir(join(root, 'b', 'tool'), { recursive: true });
    await put(join(root, 'c', 'tool'), '', 0o644);
    await put(join(root, 'file'), '');
    const PATH = folders
      .split(':')
      .map((name) => join(root, name))
      .join(':');
    expect(await findExecutable('tool', PATH)).toEqual({ found: false, word: 'tool', why });
  });

  test('with a slash is looked for there and nowhere else', async () => {
    const root = await tempDir();
    const path = await put(join(root, 'bin', 'tool'), '', 0o755);
    expect(await findExecutable(path, undefined)).toEqual({ found: true, word: path, path });
    expect(await findExecutable('./tool', join(root, 'bin'))).toEqual({
      found: false,
      word: './tool',
      why: 'not-found',
    });
    expect(await findExecutable(join(root, 'bin'), '')).toEqual({
      found: false,
      word: join(root, 'bin'),
      why: 'directory',
    });
  });

  test('behind a link is found, behind a broken one is not', async () => {
    const root = await tempDir();
    await put(join(root, 'real'), '', 0o755);
    const good = await link(join(root, 'good'), 'real');
    const broken = await link(join(root, 'broken'), 'none');
    expect(await findExecutable('good', root)).toEqual({ found: true, word: 'good', path: good });
    expect(await findExecutable(broken, root)).toEqual({ found: false, word: broken, why: 'not-found' });
  });

  test('without PATH is looked for where the system keeps them', async () => {
    expect(await findExecutable('sh', undefined)).toMatchObject({
      found: true,
      path: expect.stringMatching(/^(\/usr)?\/bin\/sh$/),
    });
  });

  test('in an empty entry of PATH is one of the working directory', async () => {
    expect(await findExecutable('bin', '')).toEqual({ found: false, word: 'bin', why: 'directory' });
  });

  test('with no name is none', async () => {
    expect(await findExecutable('', '/usr/bin')).toEqual({ found: false, word: '', why: 'not-found' });
  });
});
