// The short way says what the long way says, or leaves the words to it.
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { parseWords } from '#cli/parse.ts';
import { quickWords } from '#cli/quick.ts';

const quick = [
  '',
  'run -- x -y',
  'exec -- sh -c true',
  'plan -- --model m',
  'explain exit 1',
  'probe ready',
  'help run',
  '--help',
  'run --help',
  '--version',
  'rnu',
  'run',
  'exec --',
  'status',
  'check',
];

test.each(quick)('%s is read without the parser, with the same result', async (line) => {
  const words = line === '' ? [] : line.split(' ');
  const env = { VLLM_LAUNCH_GRACE: '3s', VLLM_LAUNCH_ADDRESS: 'h:1' };
  expect(quickWords(words, env)).toEqual(await parseWords(words, env));
});

test.each(['run --nnodes 2 -- x', 'local -n 2 -- x', 'status -w', 'exec --grace 1s -- x'])(
  '%s is left to the parser',
  (line) => {
    expect(quickWords(line.split(' '), {})).toBeNull();
  },
);

test('variables are honoured and checked on the short way too', () => {
  expect(quickWords(['exec', '--', 'x'], { VLLM_LAUNCH_GRACE: '3s' })).toMatchObject({
    command: { options: { grace: 3_000 } },
  });
  expect(quickWords(['exec', '--', 'x'], { VLLM_LAUNCH_GRACE: '3' })).toMatchObject({ kind: 'usage' });
});

test('nothing on the short way imports a package', () => {
  const seen = new Set<string>();
  const packages: string[] = [];
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(path, 'utf8').replaceAll(/import type[\s\S]*?;/g, '');
    for (const [, from = ''] of text.matchAll(/(?:import|export)[^;]*? from '([^']+)'/g)) {
      if (from.startsWith('./')) visit(`${path.slice(0, path.lastIndexOf('/'))}/${from.slice(2)}`);
      else if (from.startsWith('#')) visit(`src/${from.slice(1)}`);
      else packages.push(`${path}: ${from}`);
    }
  };
  visit('src/cli/quick.ts');
  expect(packages).toEqual([]);
  expect(seen.size).toBeGreaterThan(10);
});
