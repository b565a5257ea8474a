// Bad input: refused with its code and a message with the value and its source, by `run` and `plan` alike, and nothing is started.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import { afterAll, afterEach, expect, test } from 'vitest';

import type { PlanDocument } from '#core/plan/plan.ts';
import type { TerminationDocument } from '#core/report/termination.ts';

import { openBench } from './support/bench.ts';
import { messageAt, nothingLeft } from './support/group.ts';
import { endAll, finish } from './support/start.ts';

const bench = openBench();
afterEach(endAll);
afterAll(bench.remove);

const validate = new Ajv({ strict: true, allErrors: true }).compile(
  JSON.parse(readFileSync('dist/plan.schema.json', 'utf8')) as object,
);
const backend = 'nvidia.com/vllm-distributed-executor-backend';
const malformed = bench.podinfo('malformed', `a="1"\n${backend}="mp\n`);
const nccl = bench.podinfo('nccl', `${backend}="nccl"\n`);
const plain = bench.file('plain', 'no program\n');

type Row = {
  readonly name: string;
  readonly line: string | readonly string[];
  readonly code: number;
  readonly says: readonly (string | RegExp)[];
  readonly env?: Readonly<Record<string, string>>;
};

const two = '--nnodes 2 --node-rank 0 --leader node-0 --gpus-per-node 1';
const lws = (rank: string) => ({ LWS_LEADER_ADDRESS: 'a-0.b', LWS_GROUP_SIZE: '2', LWS_WORKER_INDEX: rank });

const rows: readonly Row[] = [
  {
    name: 'a malformed podinfo file',
    line: `--podinfo ${malformed} -- vllm serve m`,
    code: 65,
    says: [`${malformed}/annotations:2:${backend.length + 5}`, 'closing "'],
  },
  {
    name: 'an override annotation with another value',
    line: `--podinfo ${nccl} -- vllm serve m`,
    code: 78,
    says: [backend, '"nccl"', `${nccl}/annotations`, 'mp or ray'],
  },
  {
    name: 'a missing rank',
    line: '--nnodes 2 --leader node-0 --gpus-per-node 1 -- vllm serve m -tp 2',
    code: 78,
    says: ['--nnodes=2', '--leader=node-0', 'rank', '--node-rank'],
  },
  {
    name: 'a missing rank of a host system',
    line: '--gpus-per-node 1 -- vllm serve m -tp 2',
    env: { LWS_LEADER_ADDRESS: 'a-0.b', LWS_GROUP_SIZE: '2' },
    code: 78,
    says: ['LWS_GROUP_SIZE=2', 'rank'],
  },
  {
    name: 'a negative rank option',
    line: '--nnodes 2 --node-rank=-1 --leader node-0 -- vllm serve m -tp 2',
    code: 64,
    says: ['--node-rank "-1"', 'whole number'],
  },
  {
    name: 'a negative rank of a host system',
    line: '--gpus-per-node 1 -- vllm serve m -tp 2',
    env: lws('-1'),
    code: 78,
    says: ['"-1"', 'LWS_WORKER_INDEX'],
  },
  {
    name: 'a rank that is too large',
    line: '--nnodes 2 --node-rank 2 --leader node-0 --gpus-per-node 1 -- vllm serve m -tp 2',
    code: 78,
    says: ['rank 2', '--node-rank=2', 'size 2', '--nnodes=2', '0 to 1'],
  },
  {
    name: 'a rank of a host system that is too large',
    line: '--gpus-per-node 1 -- vllm serve m -tp 2',
    env: lws('5'),
    code: 78,
    says: ['rank 5', 'LWS_WORKER_INDEX=5', 'LWS_GROUP_SIZE=2'],
  },
  {
    name: 'sources that disagree',
    line: '--nnodes 3 --node-rank 0 --leader node-0 --hosts a,b --gpus-per-node 1 -- vllm serve m -tp 3',
    code: 78,
    says: ['size 3', '--nnodes=3', 'size 2', '--hosts: a, b'],
  },
  {
    name: 'a size that does not divide',
    line: `${two} -- vllm serve m -tp 3`,
    code: 78,
    says: ['3', '2 nodes', 'divide'],
  },
  {
    name: 'a size that does not fit',
    line: `${two} -- vllm serve m -tp 8`,
    code: 78,
    says: ['8 over 2 nodes', '1 GPU', '--gpus-per-node'],
  },
  { name: 'a size that is no positive number', line: `${two} -- vllm serve m -tp 0`, code: 78, says: ['-tp 0'] },
  {
    name: 'unknown GPUs',
    line: '--nnodes 2 --node-rank 0 --leader node-0 -- vllm serve m -tp 2',
    code: 78,
    says: ['GPUs', '--gpus-per-node'],
  },
  {
    name: 'a user flag that contradicts ours',
    line: `${two} -- vllm serve m -tp 4 --nnodes 4`,
    code: 78,
    says: ['--nnodes 4', '--nnodes 2'],
  },
  {
    name: 'a user address that contradicts ours',
    line: `${two} -- vllm serve m -tp 2 --master-addr node-9`,
    code: 78,
    says: ['--master-addr', 'node-9', 'node-0'],
  },
  {
    name: 'an executor that contradicts the command',
    line: `${two} --executor mp -- vllm serve m -tp 2 --distributed-executor-backend ray`,
    code: 78,
    says: ['--executor mp', '--distributed-executor-backend ray'],
  },
  {
    name: 'a command that does not exist',
    line: '-- no-such-command-here',
    code: 127,
    says: ['"no-such-command-here"', 'PATH'],
  },
  {
    name: 'a file that may not be executed',
    line: `-- ${plain}`,
    code: 126,
    says: [`"${plain}"`, 'may not be executed'],
  },
  { name: 'a directory as the command', line: `-- ${bench.folder}`, code: 126, says: ['directory'] },
  {
    name: 'a shell string on several nodes',
    line: [...two.split(' '), '--', 'sh', '-c', 'vllm serve m -tp 2'],
    code: 78,
    says: ['"sh"', 'shell string', '--engine vllm|dynamo', '--outcome replicas'],
  },
  {
    name: 'an unknown command on several nodes',
    line: `${two} -- sleep 1`,
    code: 78,
    says: ['"sleep"', '--engine vllm|dynamo'],
  },
  {
    name: 'a model path that is not there',
    line: '-- vllm serve /no/such/model',
    code: 78,
    says: ['"/no/such/model"'],
  },
  {
    name: '`ray start` as the command',
    line: `${two} -- ray start --head`,
    code: 78,
    says: ['ray start'],
  },
  {
    name: 'a shell string that starts Ray, as the operator writes it',
    line: [...two.split(' '), '--', '/bin/sh', '-c', 'ray start --address=node-0:6379 --block'],
    code: 78,
    says: ['begins with `ray start`', 'args: of the manifest'],
  },
  {
    name: 'two ports that are the same',
    line: `${two} --status-port 29500 -- vllm serve m -tp 2`,
    code: 78,
    says: ['port 29500 twice', '--status-port', '--master-port'],
  },
  {
    name: 'an outcome of a later version',
    line: `${two} --executor ray -- vllm serve m -tp 2`,
    code: 78,
    says: ['outcome ray', '--executor mp'],
  },
  {
    name: '--headless for an engine that ignores it',
    line: `${two} --rehearse -- python3 -m vllm.entrypoints.openai.api_server --model m -tp 2`,
    code: 78,
    says: ['ignores --headless', 'vllm serve'],
  },
  {
    name: 'a fault for a real engine',
    line: '--rehearsal-fault 0:die-after=3s -- vllm serve m',
    code: 64,
    says: ['--rehearsal-fault "0:die-after=3s"', '--rehearse'],
  },
  {
    name: 'a fault without a rank',
    line: '--rehearse --rehearsal-fault die-after=3s -- vllm serve m',
    code: 64,
    says: ['"die-after=3s"', 'RANK:FAULT'],
  },
  {
    name: 'a fault of a rank that there is not',
    line: '--rehearse --rehearsal-fault 7:hang -- vllm serve m',
    code: 64,
    says: ['"7:hang"', '0 to 0'],
  },
];

const wordsOf = ({ line }: Row): readonly string[] => (typeof line === 'string' ? line.split(' ') : line);

test.each(rows)('$name is refused with $code by run and plan, and nothing is started', async (row) => {
  const log = join(bench.folder, `refused-${rows.indexOf(row)}.json`);
  const env = { ...bench.env, ...row.env };
  const [ran, planned] = await Promise.all([
    finish(['run', '--termination-log', log, ...wordsOf(row)], { env }),
    finish(['plan', '--json', ...wordsOf(row)], { env }),
  ]);
  expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: row.code, stdout: '' });
  expect(ran.stderr).toMatch(/^(vllm-launch: cannot .*\n)+$/);
  for (const text of row.says) expect(ran.stderr).toMatch(text instanceof RegExp ? text : literal(text));
  expect(bench.ran(ran.folder) || bench.ran(planned.folder)).toBe(false);
  expect(planned.code).toBe(row.code);
  await nothingLeft(ran.folder);
  if (planned.stdout === '') return expect(row.code).toBe(64);
  refusedAlike(JSON.parse(planned.stdout) as PlanDocument, row, messageAt(log));
});

function refusedAlike(plan: PlanDocument, { code }: Row, message: TerminationDocument | null): void {
  expect(validate(plan) ? [] : validate.errors).toEqual([]);
  expect(plan.errors[0]?.code).toBe(code);
  expect(message).toMatchObject({ phase: 'refused', code, decidedBy: 'launcher' });
  expect(message?.cause?.message).toContain(plan.errors[0]?.message);
}

const literal = (text: string): RegExp => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));

test('no command is refused with 64', async () => {
  const { code, stderr } = await finish(['run', '--'], { env: bench.env });
  expect({ code, stderr }).toEqual({
    code: 64,
    stderr: expect.stringMatching(/^vllm-launch: cannot run: there is nothing after --/) as string,
  });
});

const quiet = '--status-port 0';
const empty = bench.podinfo('empty', `${backend}=""\n`);
const noVersion = bench.podinfo('no-version', 'nvidia.com/dynamo-operator-origin-version="1.2.0.dev1"\n');

test.each<Row>([
  { name: 'an empty override annotation', line: `--podinfo ${empty} ${quiet} -- vllm serve m`, code: 79, says: [] },
  {
    name: 'a malformed override annotation that is to be ignored',
    line: `--podinfo ${nccl} --lenient-annotations ${quiet} -- vllm serve m`,
    code: 79,
    says: [],
  },
  {
    name: 'an option that no outcome of one node needs',
    line: `${quiet} --podinfo /nonexistent -- vllm serve m`,
    code: 79,
    says: ['/nonexistent'],
  },
])('$name stops nothing: the command runs', async (row) => {
  const { code, folder, stderr } = await finish(['run', ...wordsOf(row)], { env: bench.env });
  expect({ code, ran: bench.ran(folder) }, stderr).toEqual({ code: row.code, ran: true });
  for (const text of row.says) expect(stderr).toContain(text);
  await nothingLeft(folder);
});

test('a version that does not parse is warned of, and the plan goes on with ray', async () => {
  const { stdout } = await finish(
    ['plan', '--json', '--podinfo', noVersion, ...`${two} -- vllm serve m -tp 2`.split(' ')],
    { env: bench.env },
  );
  const plan = JSON.parse(stdout) as PlanDocument;
  expect(plan.decision).toMatchObject({ executor: 'ray', rule: 'origin-version' });
  expect(plan.warnings.map(({ message }) => message).join()).toMatch(/1\.2\.0\.dev1/);
});
