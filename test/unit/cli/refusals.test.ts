// What is refused, and that the message names the word or variable, its value and the way out.
import { expect, test } from 'vitest';

import { commandNames, laterCommands } from '#cli/command-table.ts';

import { problemsOfLine } from './understand.ts';
import type { Env } from './understand.ts';

const refused: readonly (readonly [line: string, ...parts: string[]])[] = [
  ['run', 'cannot run: there is no -- and no command', 'vllm-launch run -- vllm serve'],
  ['run --', 'cannot run: there is nothing after --', 'vllm-launch run -- vllm serve'],
  ['plan', 'cannot plan: there is no -- and no command', 'vllm-launch plan -- vllm serve'],
  ['exec --grace 5s', 'cannot exec: there is no -- and no command', 'vllm-launch exec -- python3'],
  ['local -n 2 --', 'cannot local: there is nothing after --', 'vllm-launch local -n 2'],
  ['run vllm serve m', 'cannot read "vllm": the command to start goes after --', 'vllm-launch run -- vllm serve m'],
  ['run vllm serve m --tensor-parallel-size 2', 'vllm-launch run -- vllm serve m --tensor-parallel-size 2'],
  ['run --nnodes 2 vllm serve m', 'vllm-launch run [options] -- vllm serve m'],
  ["exec sh -c echo'", "vllm-launch exec -- sh -c 'echo'\\'''"],
  ['vllm serve m', 'cannot understand "vllm": there is no such command', 'vllm-launch run -- vllm serve m'],
  ['-- vllm serve', 'there is no command before --', 'vllm-launch run -- vllm serve'],
  ['--', 'there is no command before --', 'vllm-launch help'],
  ['--json', 'there is no command before --', 'vllm-launch help'],
  ['rnu -- x', '"rnu": there is no such command', 'did you mean run?'],
  ['plam -- x', 'did you mean plan?'],
  ['staus', 'did you mean status?'],
  ['explian exit 1', 'did you mean explain?'],
  ['zebra -- x', 'the commands are run, plan, check, exec'],
  ['help zebra', '"zebra": there is no such command'],
  ['zebra --help', '"zebra": there is no such command'],
  ['run vllm -- x', '"vllm": it is neither an option of run', 'put the command to start after --'],
  ['run --nnodes 2 3 -- x', '"3": it is neither an option of run'],
  ['run --no-group false -- x', '"false": it is neither an option of run'],
  ['status extra', '"extra": it is neither an option of status', 'vllm-launch help status'],
  ['status -- x', 'cannot give words after -- to status'],
  ['status --', 'cannot give words after -- to status'],
  ['probe live -- x', 'cannot give words after -- to probe'],
  ['probe', 'cannot probe: one of live, ready, startup is missing', 'vllm-launch probe ready'],
  ['probe redy', 'cannot probe "redy"', 'did you mean ready?'],
  ['probe live ready', '"ready": it is neither an option of probe'],
  ['explain', 'cannot explain: one of exit is missing', 'vllm-launch explain exit 75'],
  ['explain exit', 'a number from 0 to 255 or a name of the table is missing'],
  ['explain exit 256', 'cannot explain "256"'],
  ['explain exit 1e2', 'cannot explain "1e2"'],
  ['explain exit 0x10', 'cannot explain "0x10"'],
  ['explain exit -1', '"-1": there is no such option'],
  ['explain exit pear-lost', 'did you mean peer-lost?'],
  ['explain ex 75', 'cannot explain "ex"'],
  ['explain xid 79', 'cannot run "explain xid": not in this version', 'CHANGELOG'],
  ['completion fish', 'cannot completion "fish"', 'bash, zsh'],
  ['run --node-rnak 3 -- x', '"--node-rnak": there is no such option', 'did you mean --node-rank?'],
  ['run --noderank=3 -- x', '"--noderank": there is no such option', 'did you mean --node-rank?'],
  ['run --rank 3 -- x', 'did you mean --node-rank or --rank-from?'],
  ['run --nodes 3 -- x', 'cannot give --nodes to run: only local takes it'],
  ['run -n 3 -- x', 'cannot give --nodes to run: only local takes it'],
  ['exec --nnodes 3 -- x', 'cannot give --nnodes to exec: only run, plan, check take it', 'vllm-launch help exec'],
  ['plan --watch -- x', 'cannot give --watch to plan: only status takes it'],
  ['explain exit 1 --json', 'cannot give --json to explain: only plan, check, status take it'],
  ['run --tensor-parallel-size 8 -- x', '"--tensor-parallel-size"', 'a flag of the command itself goes after --'],
  ['run -tp 8 -- x', '"-tp": there is no such option'],
  ['run --no-json -- x', '"--no-json": there is no such option'],
  ['plan --no-json -- x', '"--no-json": there is no such option'],
  ['run --nnodes- 2 -- x', '"--nnodes-": there is no such option'],
  ['run --group - -- x', 'cannot use --group: no value is given'],
  ['run --nodeRank 1 -- x', '"--nodeRank": there is no such option'],
  ['run --node.rank 1 -- x', '"--node.rank": there is no such option'],
  ['run --__proto__ 1 -- x', '"--__proto__": there is no such option'],
  ['run --constructor=1 -- x', '"--constructor": there is no such option'],
  ['run --nnode 1 -- x', 'did you mean --nnodes?'],
  ['run --nnodes -- x', 'cannot use --nnodes: no value is given; write --nnodes N'],
  ['run --nnodes= -- x', 'cannot use --nnodes: no value is given'],
  ['run --leader --no-group -- x', 'cannot use --leader: no value is given; write --leader HOST[:PORT]'],
  ['run --nnodes two -- x', 'cannot use --nnodes "two": it is no whole number', 'as in --nnodes 2'],
  ['run --nnodes -1 -- x', 'cannot use --nnodes "-1"'],
  ['run --nnodes 1.5 -- x', 'cannot use --nnodes "1.5"'],
  ['run --nnodes 1e3 -- x', 'cannot use --nnodes "1e3"'],
  ['run --nnodes 0x2 -- x', 'cannot use --nnodes "0x2"'],
  ['run --nnodes ２ -- x', 'cannot use --nnodes'],
  ['run --nnodes 99999999999999999999 -- x', 'it is no whole number from 0 to 999999999'],
  ['run --status-port 65536 -- x', 'it is no whole number from 0 to 65535'],
  ['run --group-port -1 -- x', 'it is no whole number from 0 to 65535'],
  ['local -n 0 -- x', 'cannot use --nodes "0": it is no whole number from 1'],
  ['run --executor MP -- x', 'cannot use --executor "MP": it is none of the allowed values; write mp or ray'],
  ['run --executor= -- x', 'cannot use --executor: no value is given; write --executor mp|ray'],
  ['run --grace 5 -- x', 'cannot use --grace "5": it is no duration', '250ms, 5s, 10m, 2h'],
  ['run --grace 5S -- x', 'it is no duration'],
  ['run --grace 1.5s -- x', 'it is no duration'],
  ['run --grace -5s -- x', '"-5s": there is no such option'],
  ['run --grace=-5s -- x', 'cannot use --grace "-5s": it is no duration'],
  ['run --grace 5d -- x', 'it is no duration'],
  ['run --grace 597h -- x', 'cannot use --grace "597h": it is longer than 596h'],
  ['run --hosts a,,b -- x', 'cannot use --hosts "a,,b": it has an empty member'],
  ['run --hosts a, -- x', 'it has an empty member'],
  ['run --hosts a --hosts= -- x', 'cannot use --hosts: no value is given'],
  [
    'run --trust-source volcanoo -- x',
    '--trust-source "volcanoo": it is none of the allowed values',
    'did you mean volcano?',
  ],
  ['run --trust-source pals,lws -- x', '--trust-source "lws"', 'write one of pytorchjob, volcano, kuberay, aibrix,'],
  ['run --trust-source pals, -- x', '--trust-source "pals,": it has an empty member', 'write --trust-source NAME'],
  ['local --trust-source pals -- x', 'cannot give --trust-source to local: only run, plan, check take it'],
  ['run --no-group=maybe -- x', 'cannot use --no-group "maybe": it is neither true nor false'],
  ['run --no-group= -- x', 'cannot use --no-group: no value is given'],
  ['run --group a\u0007b -- x', 'the value has control characters'],
  ['run --group a\nb -- x', 'the value has control characters'],
];

test.each(refused)('%s is refused', async (line, ...parts) => {
  const problems = (await problemsOfLine(line)).join('\n');
  for (const part of parts) expect(problems).toContain(part);
});

const refusedVariables: readonly (readonly [Env, string, string])[] = [
  [{ VLLM_LAUNCH_NNODES: 'two' }, 'run -- x', 'cannot use VLLM_LAUNCH_NNODES="two"'],
  [{ VLLM_LAUNCH_NNODES: 'two' }, 'run -- x', 'as in VLLM_LAUNCH_NNODES=2'],
  [{ VLLM_LAUNCH_TRUST_SOURCE: 'skypilott' }, 'run -- x', 'VLLM_LAUNCH_TRUST_SOURCE="skypilott": it is none of'],
  [
    { VLLM_LAUNCH_STATUS_PORT: 'tcp://10.0.0.1:80' },
    'run -- x',
    'cannot use VLLM_LAUNCH_STATUS_PORT="tcp://10.0.0.1:80"',
  ],
  [{ VLLM_LAUNCH_NO_GROUP: 'maybe' }, 'run -- x', 'cannot use VLLM_LAUNCH_NO_GROUP="maybe"'],
  [{ VLLM_LAUNCH_GRACE: '5' }, 'exec -- x', 'cannot use VLLM_LAUNCH_GRACE="5"'],
  [{ VLLM_LAUNCH_EXECUTOR: 'dask' }, 'plan -- x', 'cannot use VLLM_LAUNCH_EXECUTOR="dask"'],
  [{ VLLM_LAUNCH_HOSTS: ',' }, 'plan -- x', 'cannot use VLLM_LAUNCH_HOSTS=","'],
  [{ VLLM_LAUNCH_GROUP: 'a\tb' }, 'run -- x', 'cannot use VLLM_LAUNCH_GROUP="a\\tb"'],
];

test.each(refusedVariables)('with %j, %s is refused by the name of the variable', async (env, line, part) => {
  expect((await problemsOfLine(line, env)).join('\n')).toContain(part);
});

test('everything that is wrong is said at once', async () => {
  const problems = await problemsOfLine('run --nnodes x --watch --nope --grace 5', {
    VLLM_LAUNCH_LEADER: '',
    VLLM_LAUNCH_FATE: 'odd',
  });
  const about = ['--nope', '--watch', '--nnodes', '--grace', 'VLLM_LAUNCH_FATE', 'no command'];
  for (const word of about) expect(problems.filter((problem) => problem.includes(word))).toHaveLength(1);
  expect(problems).toHaveLength(about.length);
});

test('the value of an option that does not exist is not said to be wrong as well', async () => {
  expect(await problemsOfLine('run --node-rnak 3 -- x')).toHaveLength(1);
});

test('a command may stand behind an option that does not exist', async () => {
  expect(await problemsOfLine('--nope run -- x')).toEqual([expect.stringContaining('"--nope"')]);
});

test.each(laterCommands)('%s is refused as not in this version', async (name) => {
  expect(await problemsOfLine(`${name} --cert x`)).toEqual([
    expect.stringContaining(`cannot run "${name}": not in this version`),
  ]);
});

test('no command of the table is also one of a later version', () => {
  expect(laterCommands.filter((name) => commandNames.some((each) => each === name))).toEqual([]);
});

test('a long value is cut in the message', async () => {
  const [problem] = await problemsOfLine(`run --nnodes ${'9'.repeat(5_000)} -- x`);
  expect(problem?.length).toBeLessThan(300);
});
