// The groups of real engines that the end-to-end test starts, and the faults of real-engine groups by name.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { commandLines, isUnder, launcher, writePodinfo } from './group-lab.js';

const modelWords = ['--load-format', 'dummy', '--max-model-len', '256', '--enforce-eager'];
const cores = (node) => String(node % 2);

/** The environment in which a launcher of a node starts real engines. */
export const engineEnv = (venv, node, more = {}) => ({
  PATH: `${venv}/bin:${process.env.PATH}`,
  HF_HUB_OFFLINE: '1',
  VLLM_CPU_KVCACHE_SPACE: '1',
  VLLM_CPU_OMP_THREADS_BIND: cores(node),
  VLLM_NO_USAGE_STATS: '1',
  // Without it the first completion compiles for 4 to 20 s, and needs a compiler.
  TORCHDYNAMO_DISABLE: '1',
  DO_NOT_TRACK: '1',
  ...more,
});

const backend = 'nvidia.com/vllm-distributed-executor-backend';
/** What a pod says of itself, by the way in which its backend is decided. */
const pods = {
  mp: [{ [backend]: 'mp' }, {}],
  ray: [{ [backend]: 'ray' }, {}],
  // A pod of a Dynamo deployment from before the operator wrote its version down: the legacy rule decides for ray.
  'ray by the legacy rule': [{}, { 'nvidia.com/dynamo-graph-deployment-name': 'app' }],
};

/** Starts the launchers of a two-node group from podinfo and LWS variables alone. */
export function startPair(lab, venv, words, env = {}, pod = 'mp') {
  const podinfo = writePodinfo(join(lab.folder, 'podinfo'), ...pods[pod]);
  return [0, 1].map((node) => startOne(lab, venv, node, words, { podinfo, size: 2, env }));
}

/** Starts one launcher as a pod of an LWS group of `size`. */
export function startOne(lab, venv, node, words, { podinfo, size, env = {}, gpus = 1, options: more = [] }) {
  const message = join(lab.folder, `termination-${node}`);
  const place = { LWS_WORKER_INDEX: String(node), LWS_GROUP_SIZE: String(size), LWS_LEADER_ADDRESS: 'leader' };
  const options = [
    '--gpus-per-node',
    String(gpus),
    '--podinfo',
    podinfo ?? '/nowhere',
    '--termination-log',
    message,
    ...more,
  ];
  const run = [process.execPath, launcher, 'run', ...options, '--', ...words];
  const started = lab.start(node, `launcher-${node}`, run, {
    ...engineEnv(venv, node, { ...env, DYN_TCP_RPC_HOST: `10.77.0.${10 + node}` }),
    ...place,
  });
  const pid = () => lab.pids(node).find((each) => commandLines([each])[0]?.line.includes(launcher));
  return { ...started, node, message, pid };
}

/** Starts the Ray of somebody else on node 1, with ports and a folder of its own, that has nothing to do with ours. */
export function startStranger(lab, venv) {
  const folder = join(lab.folder, 'stranger');
  const ports = [
    'node-manager',
    'object-manager',
    'runtime-env-agent',
    'dashboard-agent-grpc',
    'dashboard-agent-listen',
  ];
  const words = [
    ...['ray', 'start', '--head', '--block', '--disable-usage-stats', '--include-dashboard=false', '--num-cpus=1'],
    ...['--node-ip-address=10.77.0.11', '--port=7379', '--object-store-memory=80000000', `--temp-dir=${folder}`],
    ...['--ray-client-server-port=7399', '--metrics-export-port=7398'],
    ...ports.map((name, at) => `--${name}-port=${7380 + at}`),
    ...['--min-worker-port=20000', '--max-worker-port=20999'],
  ];
  const env = {
    ...engineEnv(venv, 1),
    AUTOSCALER_METRIC_PORT: '7396',
    DASHBOARD_METRIC_PORT: '7397',
    RAY_AUTH_MODE: 'disabled',
  };
  return lab.start(1, 'stranger', words, env);
}

/** What lets vLLM's CPU build run on Ray (real-engines.md 5), and starts Ray's workers as fast as it can here. */
export const rayEnv = { PYTHONPATH: fileURLToPath(new URL('../test/programs/cpu-ray', import.meta.url)) };

export const vllmWords = (model, more = []) => ['vllm', 'serve', model, ...modelWords, ...more];

export const dynamoWords = (model, more = []) => [
  'python',
  '-m',
  'dynamo.vllm',
  '--model',
  model,
  '--discovery-backend',
  'file',
  ...modelWords,
  ...more,
];

/** Starts Dynamo's frontend on the leader's node, with a folder for discovery. */
export function startFrontend(lab, venv, discovery) {
  mkdirSync(discovery, { recursive: true });
  const words = ['python', '-m', 'dynamo.frontend', '--http-port', '8080', '--discovery-backend', 'file'];
  return lab.start(
    0,
    'frontend',
    words,
    engineEnv(venv, 0, { DYN_FILE_KV: discovery, DYN_TCP_RPC_HOST: '10.77.0.10' }),
  );
}

// Our own command line holds the engine's words too.
const isLauncher = (line) => line.includes('vllm-launch.js');
const isRay = (line) => / start --(head|address)/.test(line);
const isTop = (line) =>
  !isLauncher(line) && / (serve|dynamo\.vllm) /.test(`${line} `) && !line.includes('dynamo.frontend');
const titled = (start) => (line) => line.startsWith(start);

const kill = (node, match, signal, expected) => ({
  expected,
  perform: (lab, group) => {
    const top = group[node].pid();
    const pid = commandLines(lab.pids(node)).find((each) => match(each.line) && isUnder(each.pid, top))?.pid;
    if (pid === undefined) throw new Error(`no such process on node ${node} to send ${signal}`);
    process.kill(pid, signal);
    return pid;
  },
});

/** Each row of real-engines.md section 3: the fault, the exit status of both launchers, and what the cause names. */
export const faults = {
  'kill-worker-1': kill(1, titled('VLLM::Worker'), 'SIGKILL', { code: 79, rank: 1, process: /^VLLM::Worker/ }),
  'kill-headless': kill(1, isTop, 'SIGKILL', { code: 137, rank: 1, process: /vllm|serve|dynamo|python/ }),
  'term-headless': kill(1, isTop, 'SIGTERM', { code: 79, rank: 1, process: /vllm|python|serve|dynamo|VLLM::Worker/ }),
  'kill-api-server': kill(0, isTop, 'SIGKILL', { code: 137, rank: 0, process: /vllm|serve|dynamo|python/ }),
  'term-api-server': kill(0, isTop, 'SIGTERM', { code: 79, rank: 0, process: /vllm|python|serve|dynamo|VLLM::/ }),
  'kill-engine-core': kill(0, titled('VLLM::EngineCore'), 'SIGKILL', {
    code: 79,
    rank: 0,
    process: /^VLLM::EngineCore/,
  }),
  'kill-worker-0': kill(0, titled('VLLM::Worker'), 'SIGKILL', { code: 79, rank: 0, process: /^VLLM::Worker/ }),
  'cut-link': { expected: { code: 75, cut: true }, perform: (lab) => lab.cut(1) },
};

const gone = (node, match, process, code = 79) => kill(node, match, 'SIGKILL', { code, rank: node, process });
const has = (part) => (line) => line.includes(part);

/** The same for a group on Ray: each process kind of facts/ray.md 2.2 that a node cannot do without. */
export const rayFaults = {
  'kill-ray-worker-1': gone(1, titled('ray::RayWorkerProc'), /^ray::RayWorkerProc/),
  'kill-agent': gone(1, isRay, /ray/, 137),
  'term-agent': kill(1, isRay, 'SIGTERM', { code: 79, rank: 1, process: /ray/ }),
  'kill-raylet-1': gone(1, has('/raylet/raylet '), /raylet/),
  'term-raylet-1': kill(1, has('/raylet/raylet '), 'SIGTERM', { code: 79, rank: 1, process: /raylet/ }),
  // The raylet kills the other agent with the one that died, faster than we look.
  'kill-dashboard-agent-1': gone(1, titled('ray::DashboardAgent'), /^ray::(RuntimeEnv|Dashboard)Agent/),
  'kill-runtime-env-agent-1': gone(1, titled('ray::RuntimeEnvAgent'), /^ray::(RuntimeEnv|Dashboard)Agent/),
  'kill-gcs': gone(0, has('/gcs/gcs_server '), /gcs_server/),
  'kill-head': gone(0, isRay, /ray/, 137),
  'kill-raylet-0': gone(0, has('/raylet/raylet '), /raylet/),
  'kill-ray-worker-0': gone(0, titled('ray::RayWorkerProc'), /^ray::RayWorkerProc/),
  'kill-ray-engine-core': gone(0, titled('VLLM::EngineCore'), /^VLLM::EngineCore/),
  'kill-ray-api-server': gone(0, isTop, /vllm|serve|python/, 137),
  'cut-link': faults['cut-link'],
};
