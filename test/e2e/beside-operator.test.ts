// Beside today's operator (design 2.1): flags that are there already, and a Ray that somebody else started; all through `run`.
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, test } from 'vitest';

import type { PlanDocument } from '#core/plan/plan.ts';
import type { StatusDocument } from '#core/report/status-document.ts';

import { http2 } from '../process/ray/servers.ts';
import { bytesOf, recorded } from '../unit/upstream/ray/recorded.ts';
import { openBench } from './support/bench.ts';
import { ask, messageAt, nothingLeft } from './support/group.ts';
import { until } from './support/outside.ts';
import { freePorts } from './support/ports.ts';
import { endAll, finish, newFolder, start } from './support/start.ts';

const bench = openBench();
afterEach(endAll);
afterAll(bench.remove);

const backend = 'nvidia.com/vllm-distributed-executor-backend';
const count = (words: readonly string[], word: string) => words.filter((one) => one === word).length;

test("flags that the operator has added and that are ours too are adopted, --headless and a worker's mode with them", async () => {
  const base = await freePorts();
  const folder = newFolder();
  const injected = (rank: number) => [
    ...['--distributed-executor-backend', 'mp', '--nnodes', '2', '--master-addr', '127.0.0.1'],
    ...['--master-port', String(base + 15), '--node-rank', String(rank), ...(rank === 0 ? [] : ['--headless'])],
  ];
  const place = (rank: number) => [
    ...['--nnodes', '2', '--node-rank', String(rank), '--leader', `127.0.0.1:${base + 1}`, '--gpus-per-node', '1'],
    ...[
      '--local-group',
      `operator-${base}`,
      '--podinfo',
      '/nonexistent',
      '--rehearse',
      '--master-port',
      String(base + 15),
    ],
    ...['--status-port', String(base + 2 * rank), '--group-port', String(base + 1 + 2 * rank)],
    ...['--termination-log', join(folder, `${rank}.json`)],
  ];
  const worker = ['python3', '-m', 'dynamo.vllm', '--model', 'tiny', '-tp', '2', '--disaggregation-mode', 'decode'];
  const env = { DYN_SYSTEM_PORT: String(base + 14) };
  const members = [0, 1].map((rank) => start(['run', ...place(rank), '--', ...worker, ...injected(rank)], { env }));
  for (const rank of [0, 1]) {
    await until(
      `/readyz of rank ${rank}: ${members[rank]?.stderr()}`,
      async () => (await ask(base + 2 * rank, '/readyz'))?.status === 200,
    );
    const status = JSON.parse((await ask(base + 2 * rank, '/status'))?.text ?? '') as StatusDocument;
    const { argv } = status.engine;
    expect(status).toMatchObject({ mode: 'decode', decision: { outcome: 'mp', executor: 'mp', rule: 'engine-flag' } });
    const given = ['--model', 'tiny', '-tp', '2', '--disaggregation-mode', 'decode', ...injected(rank)];
    expect(argv.join(' ')).toContain(` ${given.join(' ')}`);
    for (const word of ['--nnodes', '--node-rank', '--master-addr', '--master-port']) expect(count(argv, word)).toBe(1);
    expect(count(argv, '--headless')).toBe(rank);
  }
  members[0]?.signal('SIGTERM');
  for (const member of members) expect((await member.ended()).code).toBe(0);
});

describe('a Ray head that answers before anything of ours runs', () => {
  const pod = bench.podinfo('pod', 'a="1"\n');
  const dynamoPod = bench.podinfo('dynamo', `${backend}="mp"\n`, 'nvidia.com/dynamo-component="worker"\n');
  bench.file('bin/ray', '#!/bin/sh\n: > ran\n', 0o755);
  const two = '--nnodes 2 --node-rank 0 --leader node-0 --gpus-per-node 1 --status-port 0';

  const gcs = (name = 'cluster id') =>
    http2((stream) => {
      const { headers, trailers, body } = recorded('2.60.0', name);
      stream.respond(headers, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      stream.end(bytesOf(body));
    });

  test.each([
    [
      'where ours would take its place',
      `--podinfo ${pod} --executor ray`,
      'outcome ray',
      'vllm-launch exec -- ray start',
    ],
    ['for mp beside a Dynamo deployment', `--podinfo ${dynamoPod}`, 'outcome mp', `${backend}: mp`],
  ])('is refused with 78 by run and plan, and nothing is started: %s', async (_, options, outcome, hint) => {
    const { port } = await gcs();
    const log = join(newFolder(), 'end.json');
    const line = [...`${two} ${options} --ray-port ${port}`.split(' '), '--', 'vllm', 'serve', 'm', '-tp', '2'];
    const [ran, planned] = await Promise.all([
      finish(['run', '--termination-log', log, ...line], { env: bench.env }),
      finish(['plan', '--json', ...line], { env: bench.env }),
    ]);
    expect({ code: ran.code, stdout: ran.stdout }, ran.stderr).toEqual({ code: 78, stdout: '' });
    expect(ran.stderr).toContain(
      `cannot run the ${outcome}: a Ray head that this launcher did not start answers at 127.0.0.1:${port}`,
    );
    expect(ran.stderr).toContain(hint);
    expect(bench.ran(ran.folder)).toBe(false);
    await nothingLeft(ran.folder);
    expect(messageAt(log)).toMatchObject({ phase: 'refused', code: 78, decidedBy: 'launcher' });
    expect(planned.code).toBe(78);
    expect((JSON.parse(planned.stdout) as PlanDocument).errors).toHaveLength(1);
  });

  test('is no concern of one node, and not asked for where it is nobody of ours', async () => {
    const heard: string[] = [];
    const { port } = await http2((_, headers) => void heard.push(headers[':path'] ?? ''));
    const { code } = await finish(
      ['plan', '--podinfo', dynamoPod, '--ray-port', String(port), '--', 'vllm', 'serve', 'm'],
      { env: bench.env },
    );
    const line = `${two} --podinfo /nonexistent --ray-port ${port} -- vllm serve m -tp 2`.split(' ');
    const planned = await finish(['plan', '--json', ...line], { env: bench.env });
    expect([code, planned.code, heard]).toEqual([0, 0, []]);
  });
});

describe('the keys of the operator', () => {
  const bare = bench.podinfo('bare', 'kubernetes.io/x="1"\n', 'nvidia.com/dynamo-component="worker"\n');

  test('that a pod shows, and those it does not, stand in the plan; a deployment without any is warned of', async () => {
    const two = '--nnodes 2 --node-rank 0 --leader node-0 --gpus-per-node 1 --rehearse';
    const line = `${two} --podinfo ${bare} -- vllm serve m -tp 2`.split(' ');
    bench.file('bin/ray', '#!/bin/sh\n: > ran\n', 0o755);
    const { stdout } = await finish(['plan', ...line], { env: bench.env });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`the operator's keys: not seen ${backend}, nvidia.com/`);
    expect(stdout).toContain('[operator-keys-unseen]');
  });
});
