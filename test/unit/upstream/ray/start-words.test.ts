import { expect, test } from 'vitest';

import { rayPorts } from '#upstream/ray/ports.ts';
import type { RayNode } from '#upstream/ray/start-words.ts';
import { agentWords, headWords } from '#upstream/ray/start-words.ts';

const node: RayNode = {
  program: '/opt/ray',
  address: '10.0.0.2',
  gpus: 4,
  folder: '/tmp/r',
  ports: rayPorts(7000),
  workers: { least: 11_000, greatest: 12_000 },
  client: false,
};

const ofAnyNode = [
  '--num-gpus=4',
  '--object-store-memory=100000000',
  '--temp-dir=/tmp/r',
  '--node-manager-port=7001',
  '--object-manager-port=7002',
  '--runtime-env-agent-port=7003',
  '--dashboard-agent-grpc-port=7004',
  '--dashboard-agent-listen-port=7005',
  '--metrics-export-port=7006',
  '--min-worker-port=11000',
  '--max-worker-port=12000',
];
const head = ['/opt/ray', 'start', '--head', '--block', '--disable-usage-stats', '--include-dashboard=false'];
const own = '--node-ip-address=10.0.0.2';

test('a head has its address, its GCS port and every other port', () => {
  expect(headWords(node)).toEqual([...head, own, '--port=7000', ...ofAnyNode]);
});

test('a head names the port of its client server where Ray takes it', () => {
  expect(headWords({ ...node, client: true })).toEqual([
    ...head,
    ...[own, '--port=7000', '--ray-client-server-port=7007'],
    ...ofAnyNode,
  ]);
});

test('an agent has the address of the head and no word that only a head takes', () => {
  const words = ['/opt/ray', 'start', '--address=head:7000', '--block', '--disable-usage-stats', own, ...ofAnyNode];
  expect(agentWords(node, 'head:7000')).toEqual(words);
  expect(agentWords({ ...node, client: true }, 'head:7000')).toEqual(words);
});
