import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { freePort, isRunning, ready, startEngine, statusOf, titlesBelow, until } from './engine.ts';

const serve = async (words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
  const port = await freePort();
  return { port, engine: startEngine(['serve', 'tiny', '--port', String(port), ...words], env) };
};

/** Two nodes on one machine; `start` starts a node, since a test may want one of them only or later. */
const twoNodes = async () => {
  const [port, master] = [await freePort(), await freePort()];
  const words = ['serve', 'tiny', '--port', String(port), '-tp', '2', '--nnodes=2', '--master_port', String(master)];
  return {
    port,
    leader: () => startEngine([...words, '--node-rank', '0']),
    worker: () => startEngine([...words, '--node-rank', '1', '--headless']),
  };
};

test('refuses connections until it is ready, then answers what vLLM answers', async () => {
  const { port, engine } = await serve(['--served-model-name', 'alias']);
  expect(await statusOf(port)).toBe('refused');
  await ready(port);
  expect(engine.output()).toMatch(/^This is a rehearsal/);
  const answers = await Promise.all(
    ['/health', '/version', '/v1/models', '/metrics', '/nothing'].map((path) => statusOf(port, path)),
  );
  expect(answers).toEqual(['200', '200', '200', '200', '404']);
  for (const path of ['completions', 'chat/completions']) {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/${path}`, {
      method: 'POST',
      body: '{"model":"alias","prompt":"a"}',
    });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(/"model":"alias".*rehearsal/);
  }
  expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain(
    'vllm:iteration_tokens_total_count{engine="0",model_name="alias"} 2.0',
  );
});

test('refuses a request for another model, one that is no JSON and one that is too big', async () => {
  const { port } = await serve();
  await ready(port);
  const bodies = ['{"model":"other"}', 'nonsense', JSON.stringify({ prompt: 'a'.repeat(1_100_000) })];
  const answers = bodies.map((body) => fetch(`http://127.0.0.1:${port}/v1/completions`, { method: 'POST', body }));
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([404, 400, 400]);
});

test.each([
  [[], ['VLLM::EngineCore', 'VLLM::Worker']],
  [
    ['-tp', '2'],
    ['VLLM::EngineCore', 'VLLM::Worker_TP0', 'VLLM::Worker_TP1'],
  ],
  [
    ['-tp=2', '-pp=2'],
    [
      'VLLM::EngineCore',
      'VLLM::Worker_PP0_TP0',
      'VLLM::Worker_PP0_TP1',
      'VLLM::Worker_PP1_TP0',
      'VLLM::Worker_PP1_TP1',
    ],
  ],
  [
    ['--data-parallel-size', '2'],
    ['VLLM::EngineCore_DP0', 'VLLM::Worker_DP0', 'VLLM::EngineCore_DP1', 'VLLM::Worker_DP1'],
  ],
])('runs with %j the processes that vLLM runs, under their titles', async (words, titles) => {
  const { port, engine } = await serve(words);
  await ready(port);
  expect(titlesBelow(engine.pid)).toEqual(titles);
});

test('keeps its own command line on the top process and the environment out of its children', async () => {
  const { port, engine } = await serve([], { MARK: 'to-be-found' });
  await ready(port);
  expect(readFileSync(`/proc/${engine.pid}/cmdline`, 'latin1')).toContain('serve\0tiny\0');
  expect(readFileSync(`/proc/${engine.pid}/environ`, 'latin1')).toContain('MARK=to-be-found');
  expect(readFileSync(`/proc/${engine.pidOf('EngineCore')}/environ`, 'latin1')).not.toContain('MARK');
});

test('two nodes are ready together, whichever comes first, and answer a request together', async () => {
  const { port, leader, worker } = await twoNodes();
  const second = worker();
  await until(() => second.output().includes('(Worker pid='));
  const first = leader();
  await ready(port);
  expect(titlesBelow(first.pid)).toEqual(['VLLM::EngineCore', 'VLLM::Worker_TP0']);
  expect(titlesBelow(second.pid)).toEqual(['VLLM::Worker_TP1']);
  expect((await fetch(`http://127.0.0.1:${port}/v1/completions`, { method: 'POST', body: '{}' })).status).toBe(200);
});

test('a leader is not ready while a node is missing', async () => {
  const { port, leader } = await twoNodes();
  const first = leader();
  await until(() => first.output().includes('(Worker pid='));
  expect(await statusOf(port)).toBe('refused');
  expect(titlesBelow(first.pid)).toEqual(['VLLM::EngineCore', 'VLLM::Worker']);
});

test('a leader does not notice a dead node until a request needs it, and then ends with 0', async () => {
  const { port, leader, worker } = await twoNodes();
  const [first, second] = [leader(), worker()];
  await ready(port);
  process.kill(second.pidOf('Worker_TP1'), 'SIGKILL');
  expect(await second.ended).toBe(0);
  expect(second.output()).toContain('Worker proc VllmWorker-0 died unexpectedly');
  expect(await statusOf(port)).toBe('200');
  expect((await fetch(`http://127.0.0.1:${port}/v1/completions`, { method: 'POST', body: '{}' })).status).toBe(500);
  expect(await first.ended).toBe(0);
});

test('a strange rank, a second one of the same rank and garbage on the master port change nothing', async () => {
  const { port, leader, worker } = await twoNodes();
  leader();
  const second = worker();
  await ready(port);
  const third = worker();
  await until(() => third.output().includes('(Worker pid='));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(titlesBelow(third.pid)).toEqual(['VLLM::Worker']);
  expect(titlesBelow(second.pid)).toEqual(['VLLM::Worker_TP1']);
  expect((await fetch(`http://127.0.0.1:${port}/v1/completions`, { method: 'POST', body: '{}' })).status).toBe(200);
});

test.each([
  ['EngineCore', 'SIGKILL'],
  ['Worker', 'SIGKILL'],
  ['Worker', 'SIGTERM'],
  ['EngineCore', 'SIGTERM'],
] as const)(
  'after %s got %s the server says 503 for a moment and ends with 0, and nothing stays',
  async (name, signal) => {
    const { port, engine } = await serve([], { REHEARSAL_PACE: '0.05' });
    await ready(port);
    const pids = [engine.pidOf('EngineCore'), engine.pidOf('Worker')];
    process.kill(engine.pidOf(name), signal);
    await until(async () => (await statusOf(port)) === '503');
    expect(await engine.ended).toBe(0);
    await until(() => !pids.some(isRunning));
  },
);

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s to the top process of a ready engine ends everything, with 0',
  async (signal) => {
    const { port, engine } = await serve();
    await ready(port);
    const pids = [engine.pidOf('EngineCore'), engine.pidOf('Worker')];
    engine.signal(signal);
    expect(await engine.ended).toBe(0);
    await until(() => !pids.some(isRunning));
  },
);

test('before the engine is ready a SIGTERM is lost, and a second one ends it with 1', async () => {
  const { port, engine } = await serve([], { REHEARSAL_FAULT: 'ready-after=600ms' });
  await until(() => engine.output().includes('(EngineCore pid='));
  engine.signal('SIGTERM');
  await ready(port);
  const other = await serve([], { REHEARSAL_FAULT: 'never-ready' });
  await until(() => other.engine.output().includes('(EngineCore pid='));
  other.engine.signal('SIGTERM');
  await until(() => other.engine.output().includes('Starting to load model'));
  expect(isRunning(other.engine.pid)).toBe(true);
  other.engine.signal('SIGTERM');
  expect(await other.engine.ended).toBe(1);
});

test('a worker that still waits for the others does not notice that its EngineCore is gone', async () => {
  const { leader } = await twoNodes();
  const first = leader();
  await until(() => first.output().includes('(Worker pid='));
  process.kill(first.pidOf('EngineCore'), 'SIGKILL');
  expect(await first.ended).toBe(1);
  expect(isRunning(first.pidOf('Worker'))).toBe(true);
});

test('SIGINT before the engine is ready ends it with 1 once the engine is up', async () => {
  const { port, engine } = await serve([], { REHEARSAL_FAULT: 'ready-after=600ms' });
  await until(() => engine.output().includes('(EngineCore pid='));
  engine.signal('SIGINT');
  expect(await engine.ended).toBe(1);
  expect(engine.output()).toContain('Starting to load model');
  expect(await statusOf(port)).toBe('refused');
});

test('SIGKILL of the top process leaves EngineCore and worker behind', async () => {
  const { port, engine } = await serve();
  await ready(port);
  engine.signal('SIGKILL');
  expect(await engine.ended).toBe('SIGKILL');
  expect([engine.pidOf('EngineCore'), engine.pidOf('Worker')].map(isRunning)).toEqual([true, true]);
});

test("SIGKILL of a headless node's top process leaves its worker behind; SIGTERM does not", async () => {
  const { port, leader, worker } = await twoNodes();
  leader();
  const second = worker();
  await ready(port);
  second.signal('SIGKILL');
  await second.ended;
  expect(isRunning(second.pidOf('Worker_TP1'))).toBe(true);
  const other = worker();
  await until(() => other.output().includes('(Worker pid='));
  other.signal('SIGTERM');
  expect(await other.ended).toBe(0);
  await until(() => !isRunning(other.pidOf('Worker')));
});
