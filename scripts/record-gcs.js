#!/usr/bin/env node
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

// Records what a real Ray's GCS and raylet answer, byte by byte, and what Ray's own generated code reads in it; and what
// `ray status` prints beside it.
// All of it lives in namespaces of its own (processes, network, mounts, names): nothing of this machine gets into the
// answers, no other Ray is seen or touched, and nothing is left when this process ends.
const USAGE = `record-gcs VENV FILE TEXTS
    starts the Ray of VENV (root), asks it in every state, writes FILE (test/cases/ray/ray-*.json) and TEXTS (status-*.json)`;

const [first, second, third, fourth] = process.argv.slice(2);
const own = fileURLToPath(import.meta.url);
const ports = { gcs: 16379, raylets: [16380, 16390, 16400] };
const hosts = ['10.77.0.10', '10.77.0.11'];
const folder = '/mnt';
const token = 'recorded-token-that-is-no-secret-0123456789abcdef';

const paths = {
  nodes: '/ray.rpc.NodeInfoGcsService/GetAllNodeInfo',
  alive: '/ray.rpc.NodeInfoGcsService/CheckAlive',
  clusterId: '/ray.rpc.NodeInfoGcsService/GetClusterId',
  keyValue: '/ray.rpc.InternalKVGcsService/InternalKVGet',
  health: '/grpc.health.v1.Health/Check',
  unknown: '/ray.rpc.NodeInfoGcsService/NoSuchMethod',
};

const nothing = Buffer.alloc(0);
const keyOf = (key, namespace) =>
  Buffer.concat([
    Buffer.from([10, key.length]),
    Buffer.from(key),
    Buffer.from([18, namespace.length]),
    Buffer.from(namespace),
  ]);

function frame(message) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Asks once on a connection of its own; rejects where there is no answer in 5 s. */
const ask = (host, port, path, message = nothing, bearer = null) =>
  new Promise((resolve, reject) => {
    const session = connect(`http://${host}:${port}`);
    const timer = setTimeout(() => session.destroy(new Error('no answer in 5 s')), 5_000);
    const answer = { path, request: message.toString('hex'), headers: {}, trailers: {}, body: '' };
    session.once('error', reject);
    session.once('close', () => clearTimeout(timer));
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
    });
    stream.on('response', (headers) => Object.assign(answer.headers, headers));
    stream.on('trailers', (trailers) => Object.assign(answer.trailers, trailers));
    stream.on('data', (chunk) => (answer.body += chunk.toString('hex')));
    stream.once('error', reject);
    stream.once('close', () => {
      session.destroy();
      resolve(answer);
    });
    stream.end(frame(message));
  });

const decodeProgram = `
import json, sys
from google.protobuf.json_format import MessageToDict
from ray.core.generated import gcs_service_pb2
for line in sys.stdin:
    name, body = line.split()
    message = getattr(gcs_service_pb2, name + 'Reply').FromString(bytes.fromhex(body)[5:])
    print(json.dumps(MessageToDict(message, preserving_proto_field_name=True)))
`;

/** Adds to each answer of Ray's own services what Ray's own generated code reads in it. */
function decodeAll(venv, answers) {
  const own = answers.filter(({ path, body }) => path.startsWith('/ray.') && body !== '');
  const input = own.map(({ path, body }) => `${path.split('/').at(-1)} ${body}\n`).join('');
  const run = spawnSync(`${venv}/bin/python`, ['-c', decodeProgram], { input, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  for (const [index, line] of run.stdout.trimEnd().split('\n').entries()) own[index].decoded = JSON.parse(line);
}

const environment = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  HOME: folder,
  LANG: 'C.UTF-8',
  PYTHONDONTWRITEBYTECODE: '1',
  RAY_AUTH_MODE: 'disabled',
  RAY_USAGE_STATS_ENABLED: '0',
  RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S: '0',
  RAY_health_check_period_ms: '500',
  RAY_health_check_timeout_ms: '2000',
};

/** Starts `ray start --block` as a process group with a host name of its own. */
function start(venv, index, hostName, words, env = {}) {
  const log = openSync(`${folder}/${hostName}-${index}.log`, 'a');
  const raylet = ports.raylets[index];
  const all = [
    ...words,
    '--num-cpus=1',
    '--object-store-memory=78643200',
    '--disable-usage-stats',
    `--node-manager-port=${raylet}`,
    `--object-manager-port=${raylet + 1}`,
    `--metrics-export-port=${raylet + 2}`,
    `--dashboard-agent-listen-port=${raylet + 3}`,
    `--dashboard-agent-grpc-port=${raylet + 4}`,
    `--runtime-env-agent-port=${raylet + 5}`,
    `--min-worker-port=${17000 + 100 * index}`,
    `--max-worker-port=${17099 + 100 * index}`,
    '--block',
  ];
  const named = ['--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', hostName];
  const child = spawn(
    'unshare',
    [...named, 'nice', '-n', '10', `${venv}/bin/python`, `${venv}/bin/ray`, 'start', ...all],
    {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...environment, PATH: `${venv}/bin:${environment.PATH}`, ...env },
    },
  );
  const ended = new Promise((resolve) => child.once('close', resolve));
  return { pid: child.pid, ended };
}

const startHead = (venv, env) =>
  start(
    venv,
    0,
    'node-0',
    [
      '--head',
      `--node-ip-address=${hosts[0]}`,
      `--port=${ports.gcs}`,
      '--num-gpus=1',
      `--temp-dir=${folder}/ray0`,
      '--include-dashboard=false',
    ],
    env,
  );

const startAgent = (venv, index, gpus) =>
  start(
    venv,
    index,
    'node-1',
    [`--node-ip-address=${hosts[1]}`, `--address=${hosts[0]}:${ports.gcs}`, `--num-gpus=${gpus}`],
    { RAY_TMPDIR: `${folder}/ray1` },
  );

async function stop({ pid, ended }) {
  process.kill(-pid, 'SIGKILL');
  await ended;
}

const nodes = (bearer) => ask(hosts[0], ports.gcs, paths.nodes, nothing, bearer);

/** Asks for the nodes until Ray's own reading of them is as wanted; the answer. */
async function nodesWhen(venv, what, bearer, wanted) {
  for (let round = 0; round < 60; round += 1) {
    const answer = await nodes(bearer).catch(() => null);
    if (answer !== null && answer.body !== '') {
      decodeAll(venv, [answer]);
      const list = (answer.decoded.node_info_list ?? []).map(({ state = 'ALIVE' }) => state);
      if (wanted(list)) return answer;
    }
    await sleep(500);
  }
  const logs = ['node-0-0', 'node-1-1'].map((name) => logOf(`${folder}/${name}.log`));
  throw new Error(`not reached in time: ${what}\n${logs.join('\n')}`);
}

/** Prints `ray status`, to be read as it is. */
function printStatus(venv, ...words) {
  const env = { ...environment, PATH: `${venv}/bin:${environment.PATH}` };
  const all = [`${venv}/bin/ray`, 'status', `--address=${hosts[0]}:${ports.gcs}`, ...words];
  const { status, stdout, stderr } = spawnSync(`${venv}/bin/python`, all, { encoding: 'utf8', env, timeout: 60_000 });
  if (status !== 0) throw new Error(`ray status: ${status} ${stderr}`);
  return stdout;
}

/** Returns what `ray status` prints once it shows so many nodes: its figures are some seconds old. */
async function statusWhen(venv, nodesShown, ...words) {
  for (let round = 0; round < 30; round += 1) {
    const text = printStatus(venv, ...words);
    if ([...text.matchAll(/^ 1 node_/gm)].length === nodesShown) return text;
    await sleep(1_000);
  }
  throw new Error(`ray status never showed ${nodesShown} nodes`);
}

// An agent that was not started yet has none.
const logOf = (path) => (existsSync(path) ? readFileSync(path, 'utf8').slice(-2_000) : '');

const count = (list, state) => list.filter((each) => each === state).length;

async function recordAll(venv, version) {
  const answers = {};
  const texts = {};
  const gcs = (path, message) => ask(hosts[0], ports.gcs, path, message);
  startHead(venv);
  answers['one node'] = await nodesWhen(venv, 'one node', null, (list) => count(list, 'ALIVE') === 1);
  texts['before the first report'] = printStatus(venv);
  texts['one node'] = await statusWhen(venv, 1);
  answers['alive'] = await gcs(paths.alive);
  answers['cluster id'] = await gcs(paths.clusterId);
  answers['metadata'] = await gcs(paths.keyValue, keyOf('CLUSTER_METADATA', 'cluster'));
  answers['no such key'] = await gcs(paths.keyValue, keyOf('NO_SUCH_KEY', 'cluster'));
  answers['no such method'] = await gcs(paths.unknown);
  answers['health of the GCS'] = await gcs(paths.health);
  answers['health of the raylet'] = await ask(hosts[0], ports.raylets[0], paths.health);
  const agent = startAgent(venv, 1, 4);
  answers['two nodes'] = await nodesWhen(venv, 'two nodes', null, (list) => count(list, 'ALIVE') === 2);
  texts['two nodes'] = await statusWhen(venv, 2);
  texts['two nodes, with -v'] = await statusWhen(venv, 2, '-v');
  await stop(agent);
  answers['one alive, one dead'] = await nodesWhen(venv, 'one dead', null, (list) => count(list, 'DEAD') === 1);
  startAgent(venv, 1, 4);
  answers['joined again'] = await nodesWhen(venv, 'again', null, (list) => count(list, 'ALIVE') === 2);
  startAgent(venv, 2, 2);
  answers['two alive at one address'] = await nodesWhen(venv, 'twice', null, (list) => count(list, 'ALIVE') === 3);
  if (version === '2.48.0') return { answers, texts };
  await recordToken(venv, answers);
  await recordNext(venv, texts);
  return { answers, texts };
}

async function killAll() {
  // Of process 1, "all" are those of its own namespace. A new head refuses to start beside an old agent.
  if (process.pid !== 1) throw new Error('not in a namespace of its own');
  process.kill(-1, 'SIGKILL');
  await sleep(3_000);
}

/** The report of Ray's next autoscaler, which a newer Ray may print by itself: idle nodes stand apart. */
async function recordNext(venv, texts) {
  await killAll();
  const next = { RAY_enable_autoscaler_v2: '1' };
  startHead(venv, next);
  await nodesWhen(venv, 'the next autoscaler', null, (list) => count(list, 'ALIVE') === 1);
  Object.assign(environment, next);
  texts['one node, autoscaler v2'] = printStatus(venv);
}

async function recordToken(venv, answers) {
  await killAll();
  startHead(venv, { RAY_AUTH_MODE: 'token', RAY_AUTH_TOKEN: token });
  answers['with the token'] = await nodesWhen(venv, 'token', token, (list) => count(list, 'ALIVE') === 1);
  answers['without the token'] = await nodes(null);
  answers['with another token'] = await nodes(`${token}x`);
  answers['health of the GCS without the token'] = await ask(hosts[0], ports.gcs, paths.health);
  answers['health of the raylet without the token'] = await ask(hosts[0], ports.raylets[0], paths.health);
}

async function inside(venv, file, textFile) {
  const run = (...words) => {
    const { status, stderr } = spawnSync(words[0], words.slice(1), { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  };
  run('mount', '-t', 'tmpfs', 'none', '/dev/shm');
  run('mount', '-t', 'tmpfs', 'none', folder);
  run('hostname', 'node-0');
  run('ip', 'link', 'set', 'lo', 'up');
  for (const host of hosts) run('ip', 'address', 'add', `${host}/32`, 'dev', 'lo');
  mkdirSync(`${folder}/ray1`);
  const asked = spawnSync(`${venv}/bin/python`, ['-c', 'import ray; print(ray.__version__)'], { encoding: 'utf8' });
  const version = asked.stdout.trim();
  const { answers, texts } = await recordAll(venv, version);
  decodeAll(venv, Object.values(answers));
  const how = `scripts/record-gcs.js: ray start in its own namespaces, nodes at ${hosts.join(' and ')}, asked over HTTP/2; "decoded" is Ray's own reading`;
  writeFileSync(file, `${JSON.stringify({ ray: version, how, answers }, null, 1)}\n`);
  const shown = 'scripts/record-gcs.js: what `ray status` printed while the answers were recorded';
  writeFileSync(textFile, `${JSON.stringify({ ray: version, how: shown, texts }, null, 1)}\n`);
}

if (first === undefined || second === undefined || third === undefined) {
  process.stdout.write(`${USAGE}\n`);
  process.exitCode = 2;
} else if (first === '--inside') {
  await inside(second, third, fourth);
  // What this started ends with process 1 of its namespace, which is this one.
  process.exit(0);
} else {
  const spaces = ['--fork', '--kill-child', '--pid', '--mount-proc', '--mount', '--net', '--uts', '--ipc'];
  const { status } = spawnSync('unshare', [...spaces, process.execPath, own, '--inside', first, second, third], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
