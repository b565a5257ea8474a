// The group gate: who comes with another plan is refused and told why, strangers end nobody, and every wait has an end.
import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import type { Server } from 'node:net';

import { afterEach, expect, test } from 'vitest';
import WebSocket from 'ws';

import { openGroup, nothingLeft } from './support/group.ts';
import { until } from './support/outside.ts';
import { freePorts } from './support/ports.ts';
import { endAll, finish } from './support/start.ts';

const servers: Server[] = [];
afterEach(async () => {
  endAll();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function holdPort(port: number): Promise<void> {
  const server = createServer().listen(port, '0.0.0.0');
  await once(server, 'listening');
  servers.push(server);
}

test('a leader name that never resolves is 69 after the dns deadline, and nothing is started', async () => {
  const words = [
    'run',
    '--nnodes',
    '2',
    '--node-rank',
    '1',
    '--leader',
    'no-such-leader.invalid',
    '--gpus-per-node',
    '1',
  ];
  const more = ['--status-port', '0', '--dns-timeout', '1s', '--rehearse', '--', 'vllm', 'serve', 'tiny', '-tp', '2'];
  const { code, stderr, stdout, folder } = await finish([...words, ...more]);
  expect({ code, stdout }, stderr).toEqual({ code: 69, stdout: '' });
  expect(stderr).toMatch(
    /cannot resolve the leader's name .*no-such-leader\.invalid.*dns deadline \(1s\): name not resolved/,
  );
  await nothingLeft(folder);
});

test('a taken group port is 71 and named; nothing is started', async () => {
  const group = await openGroup({ ranks: [] });
  await holdPort(group.ports.group(0));
  const { code } = await group.launch(0).ended();
  expect(code).toBe(71);
  expect(group.members[0]?.stderr()).toContain(String(group.ports.group(0)));
  expect(group.message(0)).toMatchObject({
    code: 71,
    name: 'os',
    cause: { message: expect.stringContaining(String(group.ports.group(0))) as string },
  });
  expect(group.members[0]?.stdout().length).toBe(0);
  await group.nothingLeft();
});

test('a taken status port is a warning: the group runs', async () => {
  const group = await openGroup({ ranks: [] });
  await holdPort(group.ports.status(1));
  for (const rank of [0, 1]) group.launch(rank);
  await until('the leader is ready', async () => (await group.get(0, '/readyz'))?.status === 200);
  expect(group.members[1]?.stderr()).toMatch(new RegExp(`"level":"warn".*${group.ports.status(1)}`));
  group.members[0]?.signal('SIGTERM');
  expect(await group.codes()).toEqual([0, 0]);
  await group.nothingLeft();
});

test('garbage on the group port ends nobody: the leader waits on, and starts with its member', async () => {
  const group = await openGroup({ ranks: [0] });
  const port = group.ports.group(0);
  await until('the leader listens', async () => /joining/.test((await group.get(0, '/status'))?.text ?? ''));
  for (const bytes of ['GET / HTTP/1.0\r\n\r\n', '\0\xff'.repeat(70_000), 'SSH-2.0-x\r\n']) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined); // it may be shown out while we still talk
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    socket.end(bytes, 'latin1');
    await closed;
  }
  for (const frame of [
    'no JSON',
    '{}',
    JSON.stringify({
      protocol: { min: 9, max: 9 },
      group: null,
      incarnation: 'x',
      epoch: null,
      seq: 0,
      body: { kind: 'hello' },
    }),
    'x'.repeat(70_000),
  ]) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/group`);
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.once('open', () => socket.send(frame));
    await closed;
  }
  const warned = group.members[0]?.stderr() ?? '';
  expect(warned).toMatch(/"level":"warn".*127\.0\.0\.1 sent an HTTP request to the group port/);
  expect(warned).toMatch(/"level":"warn".*127\.0\.0\.1 sent bytes that are no HTTP to the group port/);
  expect(warned).toMatch(/"level":"warn".*cannot read what 127\.0\.0\.1 says on the group port: not JSON/);
  expect(group.message(0)).toMatchObject({ phase: 'joining', code: null });
  group.launch(1);
  await group.ready();
  group.members[0]?.signal('SIGTERM');
  expect(await group.codes()).toEqual([0, 0]);
  await group.nothingLeft();
});

test('a missing rank is 69 after the group deadline in all, and named', async () => {
  const group = await openGroup({ size: 3, ranks: [0, 2], options: ['--group-timeout', '3s'] });
  const codes = [await group.members[0]?.ended(), await group.members[2]?.ended()].map((end) => end?.code);
  expect(codes).toEqual([69, 69]);
  expect(group.message(0)).toMatchObject({
    name: 'unreachable',
    cause: { kind: 'gate-timeout', message: expect.stringMatching(/rank 1 did not say hello/) as string },
  });
  expect(group.message(2)?.cause).toEqual(group.message(0)?.cause);
  expect(
    Buffer.concat([group.members[0]?.stdout() ?? Buffer.of(), group.members[2]?.stdout() ?? Buffer.of()]).length,
  ).toBe(0);
  await group.nothingLeft();
});

const differing = (port: number) => [
  'vllm',
  'serve',
  'tiny',
  '-tp',
  '2',
  '--max-model-len',
  '512',
  '--port',
  String(port),
];

test.each([
  [
    'another command',
    76,
    /command differs.*tiny.*--max-model-len/,
    (port: number) => ({ wordsOf: () => differing(port) }),
  ],
  [
    'another variable',
    76,
    /VLLM_USE_V2 differs: leader has none, member has .*"?1/,
    () => ({ envOf: () => ({ VLLM_USE_V2: '1' }) }),
  ],
  [
    'another group',
    76,
    /group .*"other".* is not ours .*e2e-/,
    () => ({ optionsOf: () => ['--local-group', 'other'] }),
  ],
  [
    'another size',
    76,
    /size 4 is not ours \(2\)/,
    (port: number) => ({
      optionsOf: () => ['--nnodes', '4'],
      wordsOf: () => ['vllm', 'serve', 'tiny', '-tp', '4', '--port', String(port)],
    }),
  ],
] as const)(
  'a worker with %s is refused with %i and told both values; the leader waits on',
  async (_, code, reason, changed) => {
    const group = await openGroup({ ranks: [0] });
    const refused = group.launch(1, changed(group.ports.engine));
    expect((await refused.ended()).code).toBe(code);
    expect(refused.stderr().replaceAll('\\"', '"')).toMatch(reason);
    expect(refused.stdout().length).toBe(0);
    expect(group.members[0]?.stderr()).toMatch(/not in the group: rank 1/);
    expect(group.message(0)).toMatchObject({ phase: 'joining', code: null });
    group.launch(1);
    await group.ready();
    group.members[0]?.signal('SIGTERM');
    expect(await group.codes()).toEqual([0, 0]);
    await group.nothingLeft();
  },
);

test('members may differ in what is their own: addresses, caches and log levels', async () => {
  const own = (rank: number) => ({
    VLLM_HOST_IP: '127.0.0.1',
    VLLM_CACHE_ROOT: `/tmp/${rank}`,
    NCCL_HOSTID: `${rank}`,
  });
  const group = await openGroup({ envOf: own });
  await group.ready();
  group.members[0]?.signal('SIGTERM');
  expect(await group.codes()).toEqual([0, 0]);
});

test('a second launcher with a rank that a member holds is not let in, and the first lives on', async () => {
  const group = await openGroup({ size: 3, ranks: [0, 1] });
  await until('rank 1 is in', async () => {
    const { waiting } = JSON.parse((await group.get(0, '/status'))?.text ?? '{}') as {
      waiting?: { missing: number[] }[];
    };
    return waiting?.[0]?.missing.join() === '2';
  });
  const first = group.members[1];
  const ports = await freePorts();
  const second = group.launch(1, {
    optionsOf: () => [
      '--group-port',
      String(ports),
      '--status-port',
      '0',
      '--group-timeout',
      '2s',
      '--peer-timeout',
      '1s',
    ],
  });
  // On the same host it is the container that was restarted in place: told to wait, and refused by nobody.
  expect((await second.ended()).code).toBe(69);
  expect(second.stderr()).toMatch(/still holds rank 1/);
  expect(await group.get(1, '/livez')).toMatchObject({ status: 200 });
  first?.signal('SIGTERM');
  expect((await first?.ended())?.code).toBe(0);
});
