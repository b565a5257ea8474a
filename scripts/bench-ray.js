// The Ray outcome on two namespaces: how soon we notice, and vllm-launch beside `ray symmetric-run` and the plain script.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { commandLines, launcher, openLab, until } from './group-lab.js';
import { engineEnv, rayEnv, startPair, vllmWords } from './real-groups.js';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const prefix = `vr${process.pid % 10_000}`;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const output = (program) =>
  spawnSync(program, [], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).stdout.trim();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Returns how soon we notice what happens to Ray; needs root, and scripts/engines installs what it needs. */
export const rayRows = () => noticing(output(here('engines')));

/** Returns vllm-launch beside two other ways to start the same on Ray. */
export const besideRows = () => beside(output(here('engines')));

/** It takes long, so each figure is shown as it comes. */
function put(rows, row) {
  console.error(row.join(' | '));
  rows.push(row);
}

const inside = (lab, node, part) =>
  commandLines(lab.pids(node)).find(({ line }) => line.includes(part) && !/bench-ray|vllm-launch\.js/.test(line))?.pid;

// A stand-in engine and a stand-in in front of `ray` write down when SIGTERM reaches them; the faults are real.
const faults = [
  ['the GCS dies', (lab) => process.kill(inside(lab, 0, '/gcs_server '), 'SIGKILL'), 300],
  ["the head's raylet dies", (lab) => process.kill(inside(lab, 0, '/raylet '), 'SIGKILL'), 300],
  ["the agent's raylet dies", (lab) => process.kill(inside(lab, 1, '/raylet '), 'SIGKILL'), 300],
  ['the agent dies', (lab) => process.kill(inside(lab, 1, ' start --address='), 'SIGKILL'), 300],
  ['the link is cut', (lab) => lab.cut(1), 5_500],
];

async function noticing(venv) {
  const [rows, joins, questions] = [[], [], []];
  for (const [name, perform, limitMs] of faults) {
    const times = [];
    for (let round = 0; round < 3; round += 1) times.push(await notice(venv, perform, joins, questions));
    const [mid, worst] = [median(times), Math.max(...times)];
    put(rows, [
      `Ray, SIGTERM at all: ${name}`,
      `${mid.toFixed(0)} ms (worst ${worst.toFixed(0)})`,
      '',
      `<= ${limitMs} ms`,
    ]);
  }
  put(rows, [
    'Ray, last join to the engine',
    `${median(joins).toFixed(0)} ms (worst ${Math.max(...joins).toFixed(0)})`,
    '',
    '<= 300 ms',
  ]);
  put(rows, [
    'Ray, a question to the GCS',
    `${median(questions).toFixed(1)} ms (worst ${Math.max(...questions).toFixed(1)})`,
    '',
    '<= 20 ms',
  ]);
  return rows;
}

async function notice(venv, perform, joins, questions) {
  const lab = openLab(prefix, 2);
  try {
    const program = join(lab.folder, 'ray');
    writeFileSync(program, `#!${process.execPath}\nimport(${JSON.stringify(here('bench-ray-program.js'))});\n`);
    chmodSync(program, 0o755);
    for (const node of [0, 1]) startStandIn(lab, venv, node);
    await until('ready', 60_000, () =>
      [0, 1].every((node) => lab.http(`http://10.77.0.${10 + node}:9440/readyz`)?.status === 200),
    );
    joins.push(engineStartMs(lab) - lastJoinMs(lab));
    questions.push(...(await asked(lab)));
    // The titles are seen at the next whole look.
    await pause(1_500);
    const begun = process.hrtime.bigint();
    perform(lab);
    return await allTold(lab, begun);
  } finally {
    lab.down();
  }
}

function startStandIn(lab, venv, node) {
  const place = [
    '--nnodes',
    '2',
    '--node-rank',
    String(node),
    '--leader',
    '10.77.0.10',
    '--gpus-per-node',
    '1',
    '--executor',
    'ray',
  ];
  const engine = [process.execPath, here('bench-engine.js'), '--tensor-parallel-size', '2'];
  lab.start(node, `l${node}`, [process.execPath, launcher, 'run', ...place, '--engine', 'vllm', '--', ...engine], {
    PATH: `${lab.folder}:${process.env.PATH}`,
    BENCH_OUT: lab.folder,
    BENCH_NAME: `e${node}`,
    BENCH_RAY: `${venv}/bin/ray`,
  });
}

/** When the engine was started, ms of the wall clock, to 10 ms. */
function engineStartMs(lab) {
  const ticks = Number(
    readFileSync(`/proc/${inside(lab, 0, 'bench-engine.js --tensor')}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')[19],
  );
  // From now back: `btime` is off by as much as the clock was ever set.
  const agoMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000 - ticks * 10;
  return Date.now() - agoMs;
}

/** When the GCS wrote down the last node that joined, ms of the wall clock. */
function lastJoinMs(lab) {
  const words = commandLines(lab.pids(0)).find(({ line }) => line.includes('/gcs_server ')).line;
  const log = join(/--log_dir=(\S+)/.exec(words)[1], 'gcs_server.out');
  const line = readFileSync(log, 'utf8')
    .split('\n')
    .findLast((each) => each.includes('gcs_node_manager') && /registering/i.test(each));
  const [, day, time, ms] = /^\[(\S+) (\S+?),(\d+)/.exec(line);
  return Date.parse(`${day}T${time}.${ms}`);
}

/** How long our own reader takes for a question, ms: in one process on the node, after a first one that loads it. */
async function asked(lab) {
  const built = join(lab.folder, 'ask.mjs');
  await build({
    entryPoints: [here('../src/edge/ray/ask.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: built,
  });
  const script = `const { askRay } = await import(${JSON.stringify(built)});
    for (let i = 0; i < 21; i++) { const t = performance.now(); const a = await askRay({ kind: 'askRay', epoch: 1, question: 'nodes', host: '10.77.0.10', port: 6379 }, {}, new AbortController().signal); console.log(a.judgement.kind, performance.now() - t); }`;
  const child = lab.start(1, 'asks', [process.execPath, '--input-type=module', '-e', script]);
  await child.ended;
  const lines = child
    .text()
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  if (lines.length !== 21 || lines.some(([kind]) => kind !== 'answered')) throw new Error(child.text());
  return lines.slice(1).map(([, ms]) => Number(ms));
}

async function allTold(lab, begun) {
  const told = (node) => join(lab.folder, `e${node}.term`);
  const alive = (node) => commandLines(lab.pids(node)).some(({ line }) => line.includes('bench-'));
  await until('SIGTERM at all', 30_000, () => [0, 1].every((node) => existsSync(told(node)) || !alive(node)), 20);
  const times = [0, 1]
    .filter((node) => existsSync(told(node)))
    .map((node) => Number(BigInt(readFileSync(told(node), 'utf8')) - begun) / 1e6);
  return Math.max(...times);
}

// Real vLLM, the same words, three ways to start it.
const noticedWithinMs = 120_000;
const ways = { 'plain script': plainScript, 'ray symmetric-run': symmetricRun, 'vllm-launch': ours };

async function beside(venv) {
  const model = output(here('model'));
  const rows = [];
  for (const [name, start] of Object.entries(ways)) {
    const killed = await contest(venv, model, start, (lab) => process.kill(inside(lab, 1, '/raylet '), 'SIGKILL'));
    const cut = await contest(venv, model, start, (lab) => lab.cut(1));
    const ready = [killed, cut].map(({ readyMs }) =>
      readyMs === null ? 'never' : `${(readyMs / 1_000).toFixed(0)} s`,
    );
    put(rows, [`${name}: to the first answer`, ready.join(', '), '', '']);
    put(rows, [`${name}: a raylet dies`, killed.ended, `exit codes ${killed.codes}`, `left: ${killed.left}`]);
    put(rows, [`${name}: the link is cut`, cut.ended, `exit codes ${cut.codes}`, `left: ${cut.left}`]);
  }
  return rows;
}

async function contest(venv, model, start, perform) {
  const lab = openLab(prefix, 2);
  try {
    const begun = performance.now();
    const nodes = start(lab, venv, vllmWords(model, ['--tensor-parallel-size', '2']));
    const health = 'http://10.77.0.10:8000/health';
    await until('the first answer', 240_000, () => lab.http(health)?.status === 200, 500).catch(() => undefined);
    if (lab.http(health)?.status !== 200) return { readyMs: null, ended: 'it never served', codes: '-', left: '-' };
    const readyMs = performance.now() - begun;
    const hit = performance.now();
    perform(lab);
    const ends = nodes.map(({ ended }, node) => ended.then((code) => ({ node, code, ms: performance.now() - hit })));
    const late = (node) => pause(noticedWithinMs).then(() => ({ node, code: 'runs on', ms: Infinity }));
    const seen = await Promise.all(ends.map((end, node) => Promise.race([end, late(node)])));
    const says = ({ node, ms }) =>
      `node ${node} ${ms === Infinity ? `not within ${noticedWithinMs / 1_000} s` : `after ${(ms / 1_000).toFixed(1)} s`}`;
    await pause(1_000);
    const processes = [0, 1].flatMap((node) => lab.pids(node)).length;
    const folders = readdirSync(lab.folder, { recursive: true }).filter((file) =>
      /^(ray-\d\/session_\d[^/]*|vllm-launch-[^/]*)$/.test(file),
    ).length;
    const left = `${processes} processes, ${lab.sharedMemory().length} shared, ${folders} folders`;
    return { readyMs, ended: seen.map(says).join(', '), codes: seen.map(({ code }) => code).join(' and '), left };
  } finally {
    lab.down();
  }
}

function ours(lab, venv, words) {
  return startPair(lab, venv, words, { ...rayEnv, RAY_TMPDIR: lab.folder }, 'ray');
}

const rayOptions = ['--num-gpus=1', '--object-store-memory=100000000', '--disable-usage-stats'];
// Each with processes and a /tmp/ray of its own, as in a pod: `ray stop` would reach the Ray of the other node here, and with
// `--temp-dir` neither finds the head that it started: `ray.init()` looks below /tmp/ray, and starts a Ray of its own.
function asPod(lab, node) {
  const folder = join(lab.folder, `ray-${node}`);
  for (const each of [folder, '/tmp/ray']) mkdirSync(each, { recursive: true });
  const own = 'mount --bind "$0" /tmp/ray && exec "$@"';
  return ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', 'sh', '-c', own, folder];
}
// Its own 30 s are too short for two cores.
const patience = { RAY_SYMMETRIC_RUN_CLUSTER_WAIT_TIMEOUT: '200' };
const theirEnv = (venv, node) =>
  engineEnv(venv, node, { ...rayEnv, VLLM_HOST_IP: `10.77.0.${10 + node}`, RAY_AUTH_MODE: 'disabled', ...patience });
const engineOnRay = (words) => [...words, '--distributed-executor-backend', 'ray'];

function symmetricRun(lab, venv, words) {
  return [0, 1].map((node) => {
    const options = ['symmetric-run', '--address', '10.77.0.10:6379', '--min-nodes', '2', ...rayOptions];
    return lab.start(
      node,
      `n${node}`,
      [...asPod(lab, node), `${venv}/bin/ray`, ...options, '--', ...engineOnRay(words)],
      theirEnv(venv, node),
    );
  });
}

// vLLM's examples/online_serving/multi-node-serving.sh in short: head detached, wait in Python, then the engine; workers in a loop.
const leaderScript = `
  address=$1; shift; options=$1; shift
  ray start --head --port=6379 --node-ip-address=$address $options || exit 1
  for i in $(seq 60); do
    n=$(python3 -c 'import ray; ray.init(); print(sum(node["Alive"] for node in ray.nodes()))' 2>/dev/null | tail -n 1)
    [ "$n" = 2 ] && break
    sleep 5
  done
  "$@"`;
const workerScript = `
  address=$1; shift; options=$1; shift
  for i in $(seq 60); do
    ray start --address=10.77.0.10:6379 --node-ip-address=$address --block $options && exit 0
    sleep 5
  done
  exit 1`;

function plainScript(lab, venv, words) {
  return [0, 1].map((node) => {
    const script = node === 0 ? leaderScript : workerScript;
    const given = ['script', `10.77.0.${10 + node}`, rayOptions.join(' ')];
    return lab.start(
      node,
      `n${node}`,
      [...asPod(lab, node), 'bash', '-c', script, ...given, ...engineOnRay(words)],
      theirEnv(venv, node),
    );
  });
}
