import { describe, expect, test } from 'vitest';

import { type EngineCommand, readCommand } from '#upstream/vllm/command.ts';

const split = (command: string) => (command === '' ? [] : command.split(' '));

type Row = readonly [command: string, program: EngineCommand['program'], engineWords: number];

describe('vllm serve', () => {
  test.each<Row>([
    ['vllm serve m', 'vllm-serve', 2],
    ['vllm serve', 'vllm-serve', 2],
    ['/opt/venv/bin/vllm serve m -tp 2', 'vllm-serve', 2],
    ['./vllm serve m', 'vllm-serve', 2],
    ['python3 /opt/venv/bin/vllm serve m', 'vllm-serve', 3],
    ['python3 -u vllm serve m', 'vllm-serve', 4],
    ['python -m vllm.entrypoints.cli.main serve m', 'vllm-serve', 4],
    ['vllm', 'other', 1],
    ['vllm bench serve', 'other', 3],
    ['vllm -v serve', 'other', 3],
    ['xvllm serve m', 'other', 3],
    ['vllm/ serve m', 'other', 3],
    ['python3 vllm bench', 'other', 3],
    ['python3 vllm.py serve', 'other', 3],
    ['python -m vllm serve m', 'other', 5],
    ['python -m vllm.entrypoints.cli.main bench', 'other', 4],
    ['python -m vllm.entrypoints.cli.main', 'other', 3],
  ])('%s is %s, its words begin at %i', (command, program, engineWords) => {
    const profile = program === 'other' ? 'command' : 'vllm';
    expect(readCommand(split(command))).toEqual({ profile, program, engineWords });
  });
});

describe("Dynamo's worker, however Python is called", () => {
  test.each<Row>([
    ['python3 -m dynamo.vllm --model m', 'dynamo-vllm', 3],
    ['python -m dynamo.vllm', 'dynamo-vllm', 3],
    ['python3.12 -m dynamo.vllm', 'dynamo-vllm', 3],
    ['python3.9 -m dynamo.vllm', 'dynamo-vllm', 3],
    ['/usr/bin/python3 -m dynamo.vllm', 'dynamo-vllm', 3],
    ['/opt/venv/bin/python -u -m dynamo.vllm', 'dynamo-vllm', 4],
    ['python3 -u -X dev -I -W ignore -m dynamo.vllm', 'dynamo-vllm', 9],
    ['python3 -Xdev -Wignore -OO -m dynamo.vllm', 'dynamo-vllm', 6],
    ['python3 -bBdEiIOPqsSuvxR -m dynamo.vllm', 'dynamo-vllm', 4],
    ['python3 -um dynamo.vllm', 'dynamo-vllm', 3],
    ['python3 -mdynamo.vllm', 'dynamo-vllm', 2],
    ['python3 -umdynamo.vllm', 'dynamo-vllm', 2],
    ['python3 -uX dev -m dynamo.vllm', 'dynamo-vllm', 5],
    ['python3 -uXdev -m dynamo.vllm', 'dynamo-vllm', 4],
    ['python3 -m dynamo.sglang', 'other', 3],
    ['python3 -m dynamo', 'other', 3],
    ['python3 -m', 'other', 2],
    ['python3 -m toString', 'other', 3],
    ['python3 -X', 'other', 2],
    ['python3 -X -m dynamo.vllm', 'other', 4],
    ['python3', 'other', 1],
    ['python3 -', 'other', 2],
    ['python3 --', 'other', 2],
    ['python3 -- -', 'other', 3],
    ['python3 -c pass -m dynamo.vllm', 'other', 5],
    ['python3 -uc pass -m dynamo.vllm', 'other', 5],
    ['python3 -V -m dynamo.vllm', 'other', 4],
    ['python3 --version -m dynamo.vllm', 'other', 4],
    ['python3 -- -m dynamo.vllm', 'other', 4],
    ['python3 worker.py -m dynamo.vllm', 'other', 4],
    ['python3.12.1 -m dynamo.vllm', 'other', 3],
    ['python3x -m dynamo.vllm', 'other', 3],
    ['xpython3 -m dynamo.vllm', 'other', 3],
    ['pypy3 -m dynamo.vllm', 'other', 3],
  ])('%s is %s, its words begin at %i', (command, program, engineWords) => {
    const profile = program === 'other' ? 'command' : 'dynamo';
    expect(readCommand(split(command))).toEqual({ profile, program, engineWords });
  });

  test('a script behind -- is one', () => {
    expect(readCommand(['python3', '--', '/bin/vllm', 'serve', 'm'])).toMatchObject({
      program: 'vllm-serve',
      engineWords: 4,
    });
  });
});

test.each<Row>([
  ['python3 -m vllm.entrypoints.openai.api_server --model m', 'openai-api-server', 3],
  ['python -O -m vllm.entrypoints.launchers.api_server.entry', 'openai-api-server', 4],
])('%s is %s, its words begin at %i', (command, program, engineWords) => {
  expect(readCommand(split(command))).toEqual({ profile: 'vllm', program, engineWords });
});

test.each<Row>([
  ['sh -c x', 'shell', 3],
  ['/bin/sh script.sh', 'shell', 2],
  ['bash -lc x', 'shell', 3],
  ['dash', 'shell', 1],
  ['ash -c x', 'shell', 3],
  ['zsh -c x', 'shell', 3],
  ['ksh -c x', 'shell', 3],
  ['mksh -c x', 'shell', 3],
  ['fish -c x', 'shell', 3],
  ['busybox sh -c x', 'shell', 4],
  ['ray start --head', 'ray-start', 2],
  ['/opt/bin/ray start', 'ray-start', 2],
  ['ray stop', 'other', 2],
  ['ray', 'other', 1],
  ['env A=b python3 -m dynamo.vllm', 'other', 5],
  ['tini -s -- vllm serve m', 'other', 6],
  ['numactl -N 0 vllm serve m', 'other', 6],
  ['torchrun -m dynamo.vllm', 'other', 3],
  ['/usr/bin/sh/ -c x', 'other', 3],
  ['', 'other', 0],
])('%s is %s, no engine we can read', (command, program, engineWords) => {
  expect(readCommand(split(command))).toEqual({ profile: 'command', program, engineWords });
});

test('an empty first word, or a path that ends in a newline, is no engine', () => {
  expect(readCommand([''])).toEqual({ profile: 'command', program: 'other', engineWords: 1 });
  expect(readCommand(['python3\n', '-m', 'dynamo.vllm']).program).toBe('other');
  expect(readCommand(['python3', '-X', 'a\nb', '-Wc\nd', '-m', 'dynamo.vllm'])).toMatchObject({
    program: 'dynamo-vllm',
    engineWords: 6,
  });
});
