import { expect, test } from 'vitest';

import { freePort, isRunning, ready, startEngine, statusOf, until } from './engine.ts';

const told = async (fault: string, words: readonly string[] = []) => {
  const port = await freePort();
  return { port, engine: startEngine(['serve', 'tiny', '--port', String(port), ...words], { REHEARSAL_FAULT: fault }) };
};

test.each([
  ['die-at-start', 1],
  ['die-after=100ms', 1],
  ['exit-zero-after=100ms', 0],
  ['kill-worker-after=200ms', 0],
  ['kill-engine-core-after=300ms', 0],
])('%s ends the top process with %i and leaves nothing', async (fault, status) => {
  const { engine } = await told(fault);
  expect(await engine.ended).toBe(status);
  const pids = [...engine.output().matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid));
  await until(() => !pids.some(isRunning));
});

test('never-ready starts everything and opens no port', async () => {
  const { port, engine } = await told('never-ready');
  await until(() => engine.output().includes('(Worker pid='));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await statusOf(port)).toBe('refused');
  expect(isRunning(engine.pid)).toBe(true);
});

test('ready-after counts from the start', async () => {
  const sinceMs = Date.now();
  const { port } = await told('ready-after=1s');
  await ready(port);
  expect(Date.now() - sinceMs).toBeGreaterThanOrEqual(1_000);
});

test('ignore-term makes every one of its processes deaf to SIGTERM', async () => {
  const { port, engine } = await told('ignore-term');
  await ready(port);
  const pids = [engine.pid, engine.pidOf('EngineCore'), engine.pidOf('Worker')];
  for (const pid of pids) process.kill(pid, 'SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(pids.map(isRunning)).toEqual([true, true, true]);
  expect(await statusOf(port)).toBe('200');
});

test('hang accepts connections and answers nothing from its moment on', async () => {
  const { port, engine } = await told('hang=500ms');
  await ready(port);
  await new Promise((resolve) => setTimeout(resolve, 600));
  const question = fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(300) });
  await expect(question).rejects.toThrow(/timeout/);
  expect(isRunning(engine.pid)).toBe(true);
});

test('leave-children leaves a daemon in a session of its own and a double-forked one, deaf to SIGTERM', async () => {
  const { port, engine } = await told('leave-children');
  await ready(port);
  await until(() => engine.output().includes('(Forked pid=') && engine.output().includes('(Daemon pid='));
  engine.signal('SIGTERM');
  expect(await engine.ended).toBe(0);
  const left = [engine.pidOf('Daemon'), engine.pidOf('Forked')];
  for (const pid of left) process.kill(pid, 'SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(left.map(isRunning)).toEqual([true, true]);
});

test('drain makes a stop take that long', async () => {
  const { port, engine } = await told('drain=700ms');
  await ready(port);
  const sinceMs = Date.now();
  engine.signal('SIGTERM');
  expect(await engine.ended).toBe(0);
  expect(Date.now() - sinceMs).toBeGreaterThanOrEqual(700);
});

test('flood-output prints megabytes and still gets ready and stops', async () => {
  const { port, engine } = await told('flood-output');
  await ready(port);
  await until(() => engine.output().length > 10_000_000);
  engine.signal('SIGTERM');
  expect(await engine.ended).toBe(0);
});

test('a fault with @RANK happens on that node only', async () => {
  const { port, engine } = await told('die-at-start@1,ready-after=10ms@0');
  await ready(port);
  expect(isRunning(engine.pid)).toBe(true);
});

test('a fault that finds no process on this node is only mentioned', async () => {
  const [port, master] = [await freePort(), await freePort()];
  const words = ['serve', 'tiny', '--port', String(port), '-tp', '2', '--nnodes', '2', '--master-port', String(master)];
  startEngine([...words, '--node-rank', '0']);
  const env = { REHEARSAL_FAULT: 'kill-engine-core-after=10ms@1' };
  const headless = startEngine([...words, '--node-rank', '1', '--headless'], env);
  await until(() => headless.output().includes('nothing to kill for kill-engine-core-after'));
  expect(isRunning(headless.pid)).toBe(true);
});
