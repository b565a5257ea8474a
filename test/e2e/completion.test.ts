// Completion scripts in the shells themselves.
import { spawnSync } from 'node:child_process';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { launch } from './launcher.ts';

let script = '';
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vllm-launch-'));
  writeFileSync(join(folder, 'a-file.txt'), '');
  script = (await launch(['completion', 'bash'])).stdout;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash offers for a line with the cursor at its end; the line is cut into words as readline does it. */
function offered(line: string): string[] {
  const words = line.split(/ |(?==)|(?<==)/);
  const program = `${script}
    cd "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"
    _vllm_launch
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-uc', program, 'bash', folder, ...words], {
    encoding: 'utf8',
  });
  // compopt says this outside of a completion, where there is nothing to set.
  expect(stderr.replaceAll(/.*compopt.*\n/g, '')).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

test.each([
  [
    'vllm-launch ',
    [
      ...['run', 'plan', 'check', 'exec', 'local', 'status', 'probe', 'explain', 'webhook', 'completion'],
      ...['help', '--help', '--version'],
    ],
  ],
  ['vllm-launch r', ['run']],
  ['vllm-launch p', ['plan', 'probe']],
  ['vllm-launch help e', ['exec', 'explain']],
  ['vllm-launch probe ', ['--address', 'live', 'ready', 'startup', '--help']],
  ['vllm-launch probe r', ['ready']],
  ['vllm-launch completion ', ['bash', 'zsh', '--help']],
  ['vllm-launch explain exit peer', ['peer-lost']],
  ['vllm-launch run --node', ['--node-rank']],
  ['vllm-launch run --executor ', ['mp', 'ray']],
  ['vllm-launch run --executor m', ['mp']],
  ['vllm-launch run --executor=', ['mp', 'ray']],
  ['vllm-launch run --executor=r', ['ray']],
  ['vllm-launch --nnodes 2 run --fa', ['--fate']],
  ['vllm-launch exec --gr', ['--grace']],
  ['vllm-launch exec --nn', []],
  ['vllm-launch run --nnodes ', []],
  ['vllm-launch status --w', ['--watch']],
  ['vllm-launch run --local', []],
  ['vllm-launch run -- --node', []],
])('for "%s" bash offers %j', (line, words) => {
  expect(offered(line)).toEqual(words);
});

test('right after -- commands are offered', () => {
  expect(offered('vllm-launch run -- bas')).toContain('bash');
});

test('the script completes when bash itself asks it', () => {
  const program = `${script}
    complete -p vllm-launch`;
  const { status, stdout } = spawnSync('bash', ['-c', program], { encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout).toBe('complete -o bashdefault -o default -F _vllm_launch vllm-launch\n');
});

const zsh = spawnSync('zsh', ['--version']).status === 0;

test.runIf(zsh)('zsh accepts its script', async () => {
  const { stdout } = await launch(['completion', 'zsh']);
  const { status, stderr } = spawnSync('zsh', ['-n'], { input: stdout, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
