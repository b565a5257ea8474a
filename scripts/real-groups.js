// The groups of real engines that the end-to-end test starts, and the faults of real-engine groups by name.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { findProcess, launcher, writePodinfo } from './group-lab.js';

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

/** Starts the launchers of a two-node group from podinfo and LWS variables alone. */
export function startPair(lab, venv, words, env = {}) {
  const podinfo = writePodinfo(join(lab.folder, 'podinfo'), { 'nvidia.com/vllm-distributed-executor-backend': 'mp' });
  return [0, 1].map((node) => startOne(lab, venv, node, words, { podinfo, size: 2, env }));
}

/** Starts one launcher as a pod of an LWS group of `size`. */
export function startOne(lab, venv, node, words, { podinfo, size, env = {} }) {
  const message = join(lab.folder, `termination-${node}`);
  const place = { LWS_WORKER_INDEX: String(node), LWS_GROUP_SIZE: String(size), LWS_LEADER_ADDRESS: 'leader' };
  const options = ['--gpus-per-node', '1', '--podinfo', podinfo ?? '/nowhere', '--termination-log', message];
  const run = [process.execPath, launcher, 'run', ...options, '--', ...words];
  const started = lab.start(node, `launcher-${node}`, run, {
    ...engineEnv(venv, node, { ...env, DYN_TCP_RPC_HOST: `10.77.0.${10 + node}` }),
    ...place,
  });
  return { ...started, node, message };
}

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
const isTop = (line) =>
  !isLauncher(line) && / (serve|dynamo\.vllm) /.test(`${line} `) && !line.includes('dynamo.frontend');
const titled = (start) => (line) => line.startsWith(start);

const kill = (node, match, signal, expected) => ({
  expected,
  perform: (lab) => {
    const pid = findProcess(lab, node, match);
    if (pid === null) throw new Error(`no such process on node ${node} to send ${signal}`);
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
