import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, expect, onTestFinished, test } from 'vitest';

import { askRay } from '#edge/ray/ask.ts';
import { askGcs } from '#edge/ray/gcs.ts';
import { rayLogLines } from '#edge/ray/log-files.ts';
import { compareNodes } from '#upstream/ray/joined.ts';
import { judgeGcsAnswer } from '#upstream/ray/judge.ts';
import type { GcsJudgement } from '#upstream/ray/judge.ts';
import type { GcsQuestion } from '#upstream/ray/question.ts';
import { statusWords } from '#upstream/ray/status-text.ts';

// The Ray of the venv VLLM_ENGINES, a head on this host: asked by us and by Ray's own client. It lives in a namespace of
// processes, of mounts and of IPC, so that no other Ray is seen and nothing is left of it; that needs root.
const { VLLM_ENGINES = '' } = process.env;
const isRoot = process.getuid?.() === 0;
const ip = '127.0.0.1';
const readyMs = 90_000;

const truth = `
import json, sys
from google.protobuf.json_format import MessageToDict
from ray._raylet import GcsClient
client = GcsClient(address=sys.argv[1])
nodes = [MessageToDict(node, preserving_proto_field_name=True) for node in client.get_all_node_info().values()]
print(json.dumps({'nodes': nodes, 'cluster_id': client.cluster_id.hex()}))
`;

/** Ports that were free a moment ago, all at once so that they differ. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, ip));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const environment = {
  PATH: `${VLLM_ENGINES}/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
  LANG: 'C.UTF-8',
  PYTHONDONTWRITEBYTECODE: '1',
  RAY_AUTH_MODE: 'disabled',
  RAY_USAGE_STATS_ENABLED: '0',
};

function startHead(folder: string, [gcs, raylet, ...more]: readonly number[]): Promise<never> {
  const others = [
    'object-manager',
    'metrics-export',
    'dashboard-agent-listen',
    'dashboard-agent-grpc',
    'runtime-env-agent',
  ];
  const words = [
    ...['start', '--head', '--block', `--node-ip-address=${ip}`, `--port=${gcs}`, `--node-manager-port=${raylet}`],
    ...['ray-client-server', ...others].map((name, index) => `--${name}-port=${more[index]}`),
    ...['--min-worker-port=0', '--max-worker-port=0', '--num-cpus=1', '--num-gpus=3', '--object-store-memory=78643200'],
    ...['--include-dashboard=false', '--disable-usage-stats', `--temp-dir=${folder}`],
  ];
  const spaces = ['--fork', '--kill-child', '--pid', '--mount-proc', '--mount', '--ipc'];
  const inside = ['sh', '-c', 'mount -t tmpfs none /dev/shm && exec "$@"', 'ray', `${VLLM_ENGINES}/bin/python`];
  const log = openSync(join(folder, 'head.log'), 'w');
  const child = spawn('unshare', [...spaces, ...inside, `${VLLM_ENGINES}/bin/ray`, ...words], {
    stdio: ['ignore', log, log],
    env: { ...environment, HOME: folder },
  });
  const gone = once(child, 'exit');
  onTestFinished(async () => {
    // Process 1 of the namespace goes with unshare, and with it all others.
    child.kill('SIGKILL');
    await gone;
    await expect.poll(() => cmdlines().filter((line) => line.includes(folder)), { timeout: 10_000 }).toEqual([]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return gone.then(() => Promise.reject(new Error(readFileSync(join(folder, 'head.log'), 'utf8').slice(-2_000))));
}

function cmdlines(): readonly string[] {
  const { stdout } = spawnSync('ps', ['-eo', 'args', '-ww'], { encoding: 'utf8' });
  return stdout.split('\n');
}

async function judged<Q extends GcsQuestion>(question: Q, port: number): Promise<GcsJudgement<Q>> {
  return judgeGcsAnswer(question, await askGcs({ host: ip, port, question, deadlineMs: 5_000 }));
}

/** What Ray's own program says, as where its GCS cannot be read. */
async function status(port: number): Promise<unknown> {
  const spec = { argv: statusWords(`${VLLM_ENGINES}/bin/ray`, `${ip}:${port}`), env: { set: {}, unset: [] } };
  const over = new AbortController();
  return (await askRay({ kind: 'askRay', epoch: 1, question: 'status', spec }, environment, over.signal)).judgement;
}

let ports: readonly number[] = [];

beforeAll(async () => {
  ports = await freePorts(8);
});

test.skipIf(VLLM_ENGINES === '' || !isRoot)(
  "a real head's answers are what Ray's own client reads",
  async () => {
    const [gcs = 0, raylet = 0] = ports;
    expect(await judged('nodes', gcs)).toEqual({ kind: 'refused' });
    const folder = mkdtempSync(join(tmpdir(), 'ray'));
    const ended = startHead(folder, ports);
    // Ray puts this host's own address in the place of a loopback one, so it is not known beforehand.
    const isReady = async (): Promise<boolean> => {
      const judgement = await judged('nodes', gcs);
      if (judgement.kind !== 'answered') return false;
      return compareNodes(judgement.answer, { nodes: 1, gpusEach: 3, ips: null }).ready;
    };
    await Promise.race([ended, expect.poll(isReady, { timeout: readyMs, interval: 200 }).toBe(true)]);
    const asked = spawnSync(`${VLLM_ENGINES}/bin/python`, ['-c', truth, `${ip}:${gcs}`], {
      encoding: 'utf8',
      env: environment,
    });
    const { nodes, cluster_id: clusterId } = JSON.parse(asked.stdout) as { nodes: Told[]; cluster_id: string };
    expect(nodes).toHaveLength(1);
    expect(await judged('nodes', gcs)).toEqual({ kind: 'answered', answer: nodes.map(inOurWords) });
    expect(await judged('clusterId', gcs)).toEqual({ kind: 'answered', answer: clusterId });
    const version = installedVersion();
    expect(await judged('version', gcs)).toEqual({ kind: 'answered', answer: version });
    const metadata = { kind: 'answered', answer: { rayVersion: version, pythonVersion: expect.any(String) as string } };
    await expect.poll(() => judged('metadata', gcs), { timeout: readyMs }).toEqual(metadata);
    expect(await judged('health', gcs)).toEqual({ kind: 'answered', answer: 'serving' });
    expect(await judged('health', raylet)).toEqual({ kind: 'answered', answer: 'serving' });
    const counted = { kind: 'answered', answer: { nodes: 1, gpus: 3 } };
    await expect.poll(() => status(gcs), { timeout: readyMs, interval: 1_000 }).toEqual(counted);
    expect((await rayLogLines({ folder, pid: null })).join('\n')).toMatch(/^\[gcs_server\.out\] .*\[raylet\.out\] /ms);
  },
  2 * readyMs,
);

type Told = {
  readonly node_id: string;
  readonly node_manager_address: string;
  readonly node_manager_hostname: string;
  readonly node_manager_port: number;
  readonly node_name: string;
  readonly is_head_node: boolean;
  readonly resources_total: Readonly<Record<string, number>>;
  readonly session_dir?: string;
  readonly temp_dir?: string;
};

const inOurWords = (node: Told): object => ({
  id: Buffer.from(node.node_id, 'base64').toString('hex'),
  ip: node.node_manager_address,
  hostname: node.node_manager_hostname,
  name: node.node_name,
  state: 'alive',
  isHead: node.is_head_node,
  gpus: node.resources_total['GPU'],
  cpus: node.resources_total['CPU'],
  nodeManagerPort: node.node_manager_port,
  sessionDir: node.session_dir ?? null,
  tempDir: node.temp_dir ?? null,
  death: null,
});

function installedVersion(): string {
  const words = ['-c', 'import importlib.metadata as m; print(m.version("ray"))'];
  return spawnSync(`${VLLM_ENGINES}/bin/python`, words, { encoding: 'utf8' }).stdout.trim();
}
