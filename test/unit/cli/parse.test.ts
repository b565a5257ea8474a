// Which command and which values a line means. The registry's own rows are gone through one by one in registry.test.ts.
import { expect, test } from 'vitest';

import { parseWords } from '#cli/parse.ts';
import { defaultOptions } from '#core/options.ts';

import { commandOfLine, parseLine } from './understand.ts';
import type { Env } from './understand.ts';

type Row = readonly [line: string, expected: Readonly<Record<string, unknown>>];

const commands: readonly Row[] = [
  ['run -- vllm serve m', { kind: 'run', argv: ['vllm', 'serve', 'm'] }],
  ['run -- x', { kind: 'run', argv: ['x'] }],
  ['run -- --model m', { kind: 'run', argv: ['--model', 'm'] }],
  ['run -- x -- y', { kind: 'run', argv: ['x', '--', 'y'] }],
  ['run -- -- y', { kind: 'run', argv: ['--', 'y'] }],
  ['run -- x --help', { kind: 'run', argv: ['x', '--help'] }],
  ['run -- x --version', { kind: 'run', argv: ['x', '--version'] }],
  ['run -- x --nnodes 3', { kind: 'run', argv: ['x', '--nnodes', '3'] }],
  ['run -- run -- run', { kind: 'run', argv: ['run', '--', 'run'] }],
  ['plan -- x', { kind: 'plan', argv: ['x'] }],
  ['exec -- x -y', { kind: 'exec', argv: ['x', '-y'] }],
  ['local -- x', { kind: 'local', argv: ['x'] }],
  ['status', { kind: 'status', argv: [] }],
  ['probe live', { kind: 'probe', question: 'live' }],
  ['probe ready', { kind: 'probe', question: 'ready' }],
  ['probe startup', { kind: 'probe', question: 'startup' }],
  ['explain exit 0', { kind: 'explain', what: 'exit', code: 0 }],
  ['explain exit 75', { kind: 'explain', code: 75 }],
  ['explain exit 075', { kind: 'explain', code: 75 }],
  ['explain exit 255', { kind: 'explain', code: 255 }],
  ['explain exit peer-lost', { kind: 'explain', code: 75 }],
  ['explain exit stopped', { kind: 'explain', code: 0 }],
  ['completion bash', { kind: 'completion', shell: 'bash' }],
  ['completion zsh', { kind: 'completion', shell: 'zsh' }],
];

test.each(commands)('%s is understood', async (line, expected) => {
  expect(await commandOfLine(line)).toMatchObject(expected);
});

const values: readonly Row[] = [
  ['run --nnodes 2 -- x', { nnodes: 2 }],
  ['run --nnodes=2 -- x', { nnodes: 2 }],
  ['--nnodes 2 run -- x', { nnodes: 2 }],
  ['run --nnodes 02 -- x', { nnodes: 2 }],
  ['run --nnodes 0 -- x', { nnodes: 0 }],
  ['run --node-rank 0 -- x', { 'node-rank': 0 }],
  ['run --nnodes 2 --nnodes 3 -- x', { nnodes: 3 }],
  ['run --nnodes=9 --nnodes 3 -- x', { nnodes: 3 }],
  ['run --group 0123 -- x', { group: '0123' }],
  ['run --group=0x10 -- x', { group: '0x10' }],
  ['run --group 1e3 -- x', { group: '1e3' }],
  ['run --group true -- x', { group: 'true' }],
  ['run --group="a" -- x', { group: '"a"' }],
  ["run --group='a' -- x", { group: "'a'" }],
  ['run --group " -- x', { group: '"' }],
  ['run --group=" -- x', { group: '"' }],
  ['run --group=a=b -- x', { group: 'a=b' }],
  ['run --group=-x -- x', { group: '-x' }],
  ['run --group=--nnodes -- x', { group: '--nnodes' }],
  ['run --group=- -- x', { group: '-' }],
  ['run --group run -- x', { group: 'run' }],
  ['run --group a.b.c -- x', { group: 'a.b.c' }],
  ['run --group ü€😀 -- x', { group: 'ü€😀' }],
  ['run --group a --group b -- x', { group: 'b' }],
  ['run --leader h:1 -- x', { leader: 'h:1' }],
  ['run --leader [fd00::1]:9441 -- x', { leader: '[fd00::1]:9441' }],
  ['run --hosts a,b,c -- x', { hosts: ['a', 'b', 'c'] }],
  ['run --hosts a -- x', { hosts: ['a'] }],
  ['run --hosts a --hosts b,c -- x', { hosts: ['a', 'b', 'c'] }],
  ['run --hosts=a,b --hosts=c -- x', { hosts: ['a', 'b', 'c'] }],
  ['run --annotation-env k/x=V -- x', { 'annotation-env': ['k/x=V'] }],
  ['run --annotation-env=k/x=V -- x', { 'annotation-env': ['k/x=V'] }],
  ['run --rank-from label:a/b -- x', { 'rank-from': 'label:a/b' }],
  ['run --no-group -- x', { 'no-group': true }],
  ['run --no-group=true -- x', { 'no-group': true }],
  ['run --no-group=YES -- x', { 'no-group': true }],
  ['run --no-group=1 -- x', { 'no-group': true }],
  ['run --no-group=on -- x', { 'no-group': true }],
  ['run --no-group=false -- x', { 'no-group': false }],
  ['run --no-group=0 -- x', { 'no-group': false }],
  ['run --no-group=off -- x', { 'no-group': false }],
  ['run --no-group --no-group=no -- x', { 'no-group': false }],
  ['run --no-group=no --no-group -- x', { 'no-group': true }],
  ['run --executor mp -- x', { executor: 'mp' }],
  ['run --executor ray --executor mp -- x', { executor: 'mp' }],
  ['run --grace 250ms -- x', { grace: 250 }],
  ['run --grace 5s -- x', { grace: 5_000 }],
  ['run --grace 10m -- x', { grace: 600_000 }],
  ['run --grace 2h -- x', { grace: 7_200_000 }],
  ['run --grace 0s -- x', { grace: 0 }],
  ['run --grace 596h -- x', { grace: 2_145_600_000 }],
  ['run --status-port 0 -- x', { 'status-port': 0 }],
  ['run --status-port 65535 -- x', { 'status-port': 65_535 }],
  ['local -n 3 -- x', { nodes: 3 }],
  ['local -n3 -- x', { nodes: 3 }],
  ['local -n=3 -- x', { nodes: 3 }],
  ['local --nodes 3 -- x', { nodes: 3 }],
  ['local -n 3 --nodes 4 -- x', { nodes: 4 }],
  ['status -w', { watch: true }],
  ['status -w --json', { watch: true, json: true }],
  ['status --watch=false', { watch: false }],
  ['status --address h:1', { address: 'h:1' }],
  ['--address h:1 probe ready', { address: 'h:1' }],
  ['probe --address h:1 ready', { address: 'h:1' }],
  ['run --local-group {"a":1} -- x', { 'local-group': '{"a":1}' }],
];

test.each(values)(
  '%s gives the values that it shows and leaves the others at their defaults',
  async (line, expected) => {
    const { options } = await commandOfLine(line);
    expect(options).toEqual({ ...defaultOptions(), ...expected });
  },
);

const variables: readonly (readonly [Env, string, Readonly<Record<string, unknown>>])[] = [
  [{ VLLM_LAUNCH_NNODES: '4' }, 'run -- x', { nnodes: 4 }],
  [{ VLLM_LAUNCH_NNODES: '4' }, 'run --nnodes 2 -- x', { nnodes: 2 }],
  [{ VLLM_LAUNCH_NNODES: 'nonsense' }, 'run --nnodes 2 -- x', { nnodes: 2 }],
  [{ VLLM_LAUNCH_NNODES: '' }, 'run -- x', {}],
  [{ VLLM_LAUNCH_NNODES: 'nonsense' }, 'exec -- x', {}],
  [{ VLLM_LAUNCH_HOSTS: 'a, b ,c' }, 'plan -- x', { hosts: ['a', 'b', 'c'] }],
  [{ VLLM_LAUNCH_HOSTS: 'a,b' }, 'plan --hosts c -- x', { hosts: ['c'] }],
  [{ VLLM_LAUNCH_NO_GROUP: '1' }, 'run -- x', { 'no-group': true }],
  [{ VLLM_LAUNCH_NO_GROUP: 'True' }, 'run -- x', { 'no-group': true }],
  [{ VLLM_LAUNCH_NO_GROUP: 'yes' }, 'run -- x', { 'no-group': true }],
  [{ VLLM_LAUNCH_NO_GROUP: 'on' }, 'run -- x', { 'no-group': true }],
  [{ VLLM_LAUNCH_NO_GROUP: '0' }, 'run -- x', { 'no-group': false }],
  [{ VLLM_LAUNCH_NO_GROUP: 'off' }, 'run -- x', { 'no-group': false }],
  [{ VLLM_LAUNCH_NO_GROUP: '' }, 'run -- x', { 'no-group': false }],
  [{ VLLM_LAUNCH_NO_GROUP: '1' }, 'run --no-group=false -- x', { 'no-group': false }],
  [{ VLLM_LAUNCH_GROUP: '0123' }, 'run -- x', { group: '0123' }],
  [{ VLLM_LAUNCH_GROUP: '"q"' }, 'run -- x', { group: '"q"' }],
  [{ VLLM_LAUNCH_GRACE: '7s' }, 'exec -- x', { grace: 7_000 }],
  [{ VLLM_LAUNCH_GROUP_TIMEOUT: '1m' }, 'local -- x', { 'group-timeout': 60_000 }],
  [{ VLLM_LAUNCH_OUTPUT: 'inherit' }, 'exec -- x', { output: 'inherit' }],
  [{ VLLM_LAUNCH_ADDRESS: 'h:2' }, 'probe live', { address: 'h:2' }],
  [{ VLLM_LAUNCH_PORT: 'tcp://10.0.0.1:80' }, 'run -- x', {}],
  [{ vllm_launch_nnodes: '4' }, 'run -- x', {}],
  [{ VLLM_LAUNCH_: '4', VLLM_LAUNCH: '5' }, 'run -- x', {}],
  [{ VLLM_LAUNCH___PROTO__: 'x', __proto__: 'y' }, 'run -- x', {}],
];

test.each(variables)('with %j, %s gives %j', async (env, line, expected) => {
  const { options } = await commandOfLine(line, env);
  expect(options).toEqual({ ...defaultOptions(), ...expected });
});

test('each value carries where it came from, for the options that the command takes', async () => {
  const { origins } = await commandOfLine('run --nnodes 2 -- x', { VLLM_LAUNCH_LEADER: 'h', VLLM_LAUNCH_JSON: '1' });
  expect(origins).toMatchObject({ nnodes: 'option', leader: 'variable', group: 'default' });
  expect(origins).not.toHaveProperty('json');
});

test('variables that look like ours and are not are named, and nothing else', async () => {
  const env = { VLLM_LAUNCH_PORT: 'tcp://10.0.0.1:80', VLLM_LAUNCH_NNODES: '1', VLLM_PORT: '1', HOME: '/' };
  expect((await commandOfLine('run -- x', env)).ignoredVariables).toEqual(['VLLM_LAUNCH_PORT']);
});

test('words after -- arrive byte for byte', async () => {
  const odd = ['a b', '', '--', '"q"', "it's", '$HOME', '*', '\n', 'ü', '--x="y"', '-n3', '--no-json', '\\', '--help'];
  const parsed = await parseWords(['run', '--nnodes=2', '--', 'cmd', ...odd], {});
  expect(parsed).toMatchObject({ kind: 'command', command: { argv: ['cmd', ...odd] } });
});

const printed: readonly (readonly [string, string])[] = [
  ['', 'Usage: vllm-launch COMMAND'],
  ['help', 'Usage: vllm-launch COMMAND'],
  ['--help', 'Usage: vllm-launch COMMAND'],
  ['-h', 'Usage: vllm-launch COMMAND'],
  ['help run', 'Usage: vllm-launch run'],
  ['run --help', 'Usage: vllm-launch run'],
  ['run -h', 'Usage: vllm-launch run'],
  ['--help run', 'Usage: vllm-launch run'],
  ['run --nnodes 2 --help', 'Usage: vllm-launch run'],
  ['run --help -- vllm serve', 'Usage: vllm-launch run'],
  ['probe --help', 'Usage: vllm-launch probe live|ready|startup'],
  ['explain exit --help', 'Usage: vllm-launch explain exit N'],
  ['version', 'vllm-launch '],
  ['--version', 'vllm-launch '],
  ['run --version', 'vllm-launch '],
];

test.each(printed)('%s prints %s and is done', async (line, text) => {
  const parsed = await parseLine(line);
  expect(parsed).toMatchObject({ kind: 'print', code: 0 });
  expect(parsed.kind === 'print' && parsed.text).toContain(text);
});
