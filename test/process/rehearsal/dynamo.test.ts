import { expect, test } from 'vitest';

import { freePort, ready, startEngine, statusOf, until } from './engine.ts';

const dynamo = async (words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
  const port = await freePort();
  const system = String(port > 32_767 ? port - 32_767 : port);
  return {
    port: Number(system),
    engine: startEngine(['-m', 'dynamo.vllm', '--model', 'tiny', ...words], { DYN_SYSTEM_PORT: system, ...env }),
  };
};

test('its status server says notready with 503 from the start, then ready with 200', async () => {
  const { port } = await dynamo([], { REHEARSAL_FAULT: 'ready-after=800ms' });
  await until(async () => (await statusOf(port, '/live')) === '503');
  expect(await (await fetch(`http://127.0.0.1:${port}/health`)).json()).toMatchObject({ status: 'notready' });
  await ready(port);
  expect(await (await fetch(`http://127.0.0.1:${port}/live`)).json()).toMatchObject({ status: 'ready' });
  expect(await statusOf(port, '/nothing')).toBe('404');
});

test('a headless one has no port at all', async () => {
  const { port, engine } = await dynamo(['-tp', '2', '--nnodes', '2', '--node-rank', '1'], { DYN_VLLM_HEADLESS: '1' });
  await until(() => engine.output().includes('(Worker pid='));
  expect(await statusOf(port)).toBe('refused');
});

test('an engine that dies ends it with 1, a SIGTERM with 0', async () => {
  const dying = await dynamo();
  await ready(dying.port);
  process.kill(dying.engine.pidOf('EngineCore'), 'SIGKILL');
  expect(await dying.engine.ended).toBe(1);
  const stopped = await dynamo();
  await ready(stopped.port);
  stopped.engine.signal('SIGTERM');
  expect(await stopped.engine.ended).toBe(0);
});

test('a taken or impossible status port ends it with 1', async () => {
  const first = await dynamo();
  await ready(first.port);
  const second = startEngine(['-m', 'dynamo.vllm', '--model', 'tiny'], { DYN_SYSTEM_PORT: String(first.port) });
  expect(await second.ended).toBe(1);
  const third = startEngine(['-m', 'dynamo.vllm', '--model', 'tiny'], { DYN_SYSTEM_PORT: '40000' });
  expect(await third.ended).toBe(1);
  expect(third.output()).toContain('DYN_SYSTEM_PORT: 40000');
});

test('a SIGTERM before it is ready is heeded when it is: ready for the grace period, then gone with 0', async () => {
  const { port, engine } = await dynamo([], { REHEARSAL_FAULT: 'ready-after=600ms', REHEARSAL_PACE: '0.1' });
  await until(() => engine.output().includes('(EngineCore pid='));
  engine.signal('SIGTERM');
  await ready(port);
  expect(await engine.ended).toBe(0);
});
