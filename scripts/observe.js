#!/usr/bin/env node
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { ask, portsBeside, processesBeside, sharedMemory, treeOf } from './look.js';

// Looks at a group of engines from outside, the real ones or the rehearsal engine alike, and writes down what there is to see:
// ports, HTTP, titles and tree before and after each fault, exit codes, who outlives whom. Two such files can be compared.
const USAGE = `observe real|rehearsal [--rows a,b] [--out FILE] [--pace 0.05] [--logs DIR]
    runs each row on two network namespaces (root), merges it into FILE (else prints it); rows: see --list
observe compare REAL REHEARSAL [--differences FILE]
    prints what is equal and what differs; exit 1 on a difference that FILE does not explain
observe --list`;

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));
const addressOf = (node) => `10.77.0.${10 + node}`;
const PORTS = { 8000: 'http', 29500: 'master', 9090: 'system' };
const AGAIN = { kill: 'SIGKILL', term: 'SIGTERM', int: 'SIGINT' };

// node + who + signal = the fault; `alone` starts that node only; `then: 'request'` asks something after the fault.
// A row without a fault records what the engine does of itself, down to its exit code.
const top = 'top';
const fault = (node, who, signal, more = {}) => ({
  profile: 'vllm',
  nodes: 2,
  node,
  who,
  signal: AGAIN[signal],
  watchMs: 25_000,
  ...more,
});
const dynamo = { profile: 'dynamo' };
const ends = (extra, more = {}) => ({ profile: 'vllm', nodes: 1, extra, watchMs: 0, ...more });
const ROWS = {
  'worker-of-1-kill': fault(1, 'VLLM::Worker', 'kill'),
  'headless-kill': fault(1, top, 'kill'),
  'headless-term': fault(1, top, 'term'),
  'server-kill': fault(0, top, 'kill'),
  'server-term': fault(0, top, 'term'),
  'core-kill': fault(0, 'VLLM::EngineCore', 'kill'),
  'worker-of-0-kill': fault(0, 'VLLM::Worker', 'kill'),
  'link-cut-request': fault(1, 'link', 'kill', { then: 'request', watchMs: 330_000 }),
  'worker-of-1-kill-request': fault(1, 'VLLM::Worker', 'kill', { then: 'request' }),
  'worker-of-1-term': fault(1, 'VLLM::Worker', 'term'),
  'worker-of-0-term': fault(0, 'VLLM::Worker', 'term'),
  'core-term': fault(0, 'VLLM::EngineCore', 'term'),
  'server-int': fault(0, top, 'int', { paths: true }),
  'headless-int': fault(1, top, 'int'),
  'server-alone-term': fault(0, top, 'term', { alone: true }),
  'headless-alone-term': fault(1, top, 'term', { alone: true }),
  'server-alone-kill': fault(0, top, 'kill', { alone: true }),
  'headless-alone-kill': fault(1, top, 'kill', { alone: true }),
  'single-early-term': fault(0, top, 'term', { nodes: 1, early: true, watchMs: 60_000, told: 'ready-after=1500ms' }),
  'single-term': fault(0, top, 'term', { nodes: 1, paths: true }),
  'single-kill': fault(0, top, 'kill', { nodes: 1 }),
  'single-core-kill': fault(0, 'VLLM::EngineCore', 'kill', { nodes: 1 }),
  'two-workers-term': fault(0, top, 'term', { nodes: 1, extra: ['--tensor-parallel-size', '2'] }),
  'bad-option': ends(['--no-such-option']),
  'bad-size': ends(['--tensor-parallel-size', 'many']),
  'bad-rank': ends(['--nnodes', '2', '--node-rank', '2', '--tensor-parallel-size', '2']),
  'no-model': ends([], { model: '/no/such/model' }),
  'port-taken': ends([], { taken: 8000 }),
  'dynamo-worker-of-1-kill': fault(1, 'VLLM::Worker', 'kill', dynamo),
  'dynamo-headless-term': fault(1, top, 'term', dynamo),
  'dynamo-server-kill': fault(0, top, 'kill', dynamo),
  'dynamo-server-term': fault(0, top, 'term', dynamo),
  'dynamo-core-kill': fault(0, 'VLLM::EngineCore', 'kill', dynamo),
  'dynamo-worker-of-0-kill': fault(0, 'VLLM::Worker', 'kill', dynamo),
  'dynamo-single-term': fault(0, top, 'term', { nodes: 1, paths: true, ...dynamo }),
};

const PATHS = {
  vllm: [8000, '/health', '/ping', '/version', '/v1/models', '/metrics', '/load', '/nothing', '/v1/completions'],
  dynamo: [9090, '/health', '/live', '/metrics', '/nothing'],
};
const PROBES = {
  vllm: [[8000, '/health']],
  dynamo: [
    [9090, '/live'],
    [9090, '/health'],
  ],
};

const programs = {
  real: () => {
    const venv = execFileSync(`${here}engines`, { encoding: 'utf8' }).trim();
    return {
      vllm: [`${venv}/bin/vllm`],
      dynamo: [`${venv}/bin/python`],
      model: execFileSync(`${here}model`, { encoding: 'utf8' }).trim(),
    };
  },
  rehearsal: () => ({
    vllm: [process.execPath, `${root}dist/rehearsal.js`],
    dynamo: [process.execPath, `${root}dist/rehearsal.js`],
    model: 'tiny',
  }),
};

const wordsFor = ({ profile, nodes, extra = [], model }, program, node) => {
  const name = model ?? program.model;
  const common = ['--load-format', 'dummy', '--max-model-len', '256', '--enforce-eager'];
  const spanning = [
    '--tensor-parallel-size',
    '2',
    '--distributed-executor-backend',
    'mp',
    '--nnodes',
    '2',
    '--master-addr',
    addressOf(0),
    '--master-port',
    '29500',
    '--node-rank',
    String(node),
  ];
  const flags = [...common, ...(nodes > 1 ? spanning : []), ...(node > 0 ? ['--headless'] : []), ...extra];
  return profile === 'dynamo'
    ? [...program.dynamo, '-m', 'dynamo.vllm', '--model', name, '--discovery-backend', 'file', ...flags]
    : [...program.vllm, 'serve', name, ...flags];
};

const envFor = (node, run) => ({
  ...process.env,
  HF_HUB_OFFLINE: '1',
  VLLM_CPU_KVCACHE_SPACE: '1',
  VLLM_HOST_IP: addressOf(node),
  GLOO_SOCKET_IFNAME: 'eth0',
  VLLM_CPU_OMP_THREADS_BIND: String(node),
  ...(run.row.profile === 'dynamo' && {
    DYN_SYSTEM_PORT: '9090',
    DYN_TCP_RPC_HOST: addressOf(node),
    DYN_FILE_KV: `${run.folder}/kv`,
  }),
  TMPDIR: run.folder,
  ...(run.kind === 'rehearsal' && { REHEARSAL_PACE: String(run.pace), REHEARSAL_FAULT: run.row.told ?? '' }),
});

const lab = (...words) => execFileSync(`${here}lab`, words, { stdio: ['ignore', 'ignore', 'inherit'] });
const onNode = (run, node, words, options) =>
  spawn(`${here}lab`, ['exec', run.prefix, String(node), '--', ...words], options);

/** Starts one node; `exit` is null while it runs, else its code or the signal's name. */
const startNode = (run, node) => {
  const log = openSync(`${run.folder}/${run.name}.${node}.log`, 'w');
  const child = onNode(run, node, wordsFor(run.row, run.program, node), {
    stdio: ['ignore', log, log],
    env: envFor(node, run),
  });
  const started = { pid: child.pid, exit: null, atMs: null };
  child.on('exit', (code, signal) => Object.assign(started, { exit: signal ?? code, atMs: Date.now() - run.sinceMs }));
  return started;
};

const push = (list, value) => list.at(-1) !== value && list.push(value);

/** One look at everything; what changed since the last one goes into `seen`. */
const look = async (run, seen) => {
  for (const [port, path] of PROBES[run.row.profile]) {
    const answer = await ask(`http://${addressOf(0)}:${port}${path}`);
    const list = (seen.http[path] ??= []);
    if (push(list, answer)) seen.times.push(`${((Date.now() - run.sinceMs) / 1000).toFixed(1)} s ${path} ${answer}`);
  }
  for (const node of run.holders.keys()) {
    const ports = portsBeside(run.holders[node]);
    for (const port of ports) {
      const name = PORTS[port] && `${node}:${PORTS[port]}`;
      if (name && !seen.ports.includes(name)) seen.ports.push(name);
    }
  }
};

const until = async (run, seen, limitMs, over) => {
  const end = Date.now() + limitMs;
  while (Date.now() < end) {
    await look(run, seen);
    if (over()) return true;
    await sleep(run.stepMs);
  }
  return false;
};

const newSeen = () => ({ ports: [], http: {}, times: [] });
const pidsOf = (run) => run.started.map((one) => one?.pid);
const alive = (run, node) => processesBeside(run.holders[node]);
const trees = (run) => Object.fromEntries(run.holders.map((_, node) => [node, treeOf(alive(run, node), pidsOf(run))]));
const has = (run, node, title) => [...alive(run, node).values()].some((one) => one.title.startsWith(title));
const isUp = (run, seen) => {
  const { alone, early, node, signal } = run.row;
  const ended = run.started.filter((one) => one && one.exit !== null);
  if (signal === undefined) return ended.length > 0;
  if (ended.length > 0) throw new Error(`${run.name}: ended with ${ended[0].exit} before it was up`);
  if (early) return has(run, 0, 'VLLM::EngineCore');
  if (alone) return node === 0 ? seen.ports.includes('0:master') : has(run, 1, 'VLLM::Worker');
  return Object.values(seen.http).every((list) => list.at(-1) === '200');
};

const strike = (run) => {
  const { node, who, signal } = run.row;
  if (who === 'link') return lab('cut', run.prefix, String(node));
  const pid =
    who === top ? run.started[node].pid : [...alive(run, node)].find(([, one]) => one.title.startsWith(who))?.[0];
  if (pid === undefined) throw new Error(`node ${node} has no process ${who}: ${JSON.stringify(trees(run))}`);
  process.kill(pid, signal);
};

const completion = (run, timeoutMs) =>
  ask(`http://${addressOf(0)}:8000/v1/completions`, {
    body: { model: run.row.model ?? run.program.model, prompt: 'a', max_tokens: 2 },
    timeoutMs,
  });

const askPaths = async (run) => {
  const [port, ...paths] = PATHS[run.row.profile];
  const answers = {};
  for (const path of paths)
    answers[path] =
      path === '/v1/completions' ? await completion(run, 60_000) : await ask(`http://${addressOf(0)}:${port}${path}`);
  return answers;
};

const afterFault = async (run) => {
  const { row, pace } = run;
  const seen = newSeen();
  run.sinceMs = Date.now();
  for (const one of run.started) if (one) one.atMs = null;
  strike(run);
  const asked = row.then === 'request' ? sleep(4000 * pace).then(() => completion(run, 400_000 * pace)) : undefined;
  await until(run, seen, row.watchMs * pace + 300, () => false);
  return { ...(asked && { request: await asked }), http: seen.http, left: trees(run), times: seen.times };
};

const observe = async (run) => {
  const { row } = run;
  const seen = newSeen();
  run.sinceMs = Date.now();
  if (row.taken) {
    onNode(run, 0, ['node', '-e', `net.createServer().listen(${row.taken})`], { stdio: 'ignore' });
    while (!portsBeside(run.holders[0]).includes(row.taken)) await sleep(50);
  }
  run.started = run.holders.map((_, node) =>
    node < row.nodes && (!row.alone || node === row.node) ? startNode(run, node) : undefined,
  );
  if (!(await until(run, seen, 300_000, () => isUp(run, seen)))) throw new Error(`${run.name}: not up within 5 min`);
  const record = { start: { ports: seen.ports, http: seen.http, times: seen.times } };
  if (row.signal !== undefined) {
    await sleep(6000 * run.pace + 200);
    Object.assign(record.start, {
      tree: trees(run),
      otherPorts: run.holders.map((holder) => portsBeside(holder).filter((port) => !PORTS[port]).length),
    });
    if (row.paths) record.start.paths = await askPaths(run);
    record.after = await afterFault(run);
  }
  record.exits = run.started.map((one) => (one ? (one.exit ?? 'running') : null));
  record.exitTimes = run.started.map((one) => (one?.atMs ?? null) && `${(one.atMs / 1000).toFixed(1)} s`);
  return record;
};

const clean = (run, before) => {
  for (const [node, holder] of run.holders.entries()) {
    for (let tries = 0; alive(run, node).size > 0 && tries < 100; tries++) {
      for (const pid of alive(run, node).keys()) process.kill(pid, 'SIGKILL');
      execFileSync('sleep', ['0.05']);
    }
    if (run.row.who === 'link') lab('heal', run.prefix, String(node));
    void holder;
  }
  for (const name of sharedMemory())
    if (run.kind === 'real' && !before.includes(name)) rmSync(`/dev/shm/${name}`, { force: true });
};

const runRows = async ({ kind, names, pace, folder, out, prefix }) => {
  const program = programs[kind]();
  const holders = [0, 1].map((node) => onNode({ prefix }, node, ['sleep', 'infinity'], { stdio: 'ignore' }));
  await sleep(300);
  const results = out ? readOr(out, {}) : {};
  for (const name of names) {
    const row = ROWS[name];
    const run = {
      kind,
      name,
      row,
      program,
      pace,
      folder,
      prefix,
      holders: holders.map(({ pid }) => pid),
      stepMs: kind === 'real' ? 200 : 20,
    };
    const before = sharedMemory();
    try {
      results[name] = await observe(run);
    } finally {
      clean(run, before);
    }
    process.stderr.write(`${name}: ${JSON.stringify(results[name])}\n`);
    if (out) writeFileSync(out, `${JSON.stringify(results, null, 1)}\n`);
  }
  for (const holder of holders) holder.kill('SIGKILL');
  if (!out) process.stdout.write(`${JSON.stringify(results, null, 1)}\n`);
};

const readOr = (file, otherwise) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return otherwise;
    throw error;
  }
};

// The looking is done on the bridge, from where every node can be reached and which no fault touches.
const enterLab = (request) => {
  const prefix = `ob${process.pid}`;
  if (request.logs) mkdirSync(request.logs, { recursive: true });
  const folder = request.logs ?? mkdtempSync(`${tmpdir()}/observe-`);
  try {
    lab('up', prefix, '2');
    const inside = JSON.stringify({ ...request, prefix, folder });
    const { status } = spawnSync(
      `${here}lab`,
      ['exec', prefix, 'br', '--', process.execPath, process.argv[1], 'inside', inside],
      { stdio: 'inherit' },
    );
    process.exitCode = status ?? 1;
  } finally {
    lab('down', prefix);
    if (!request.logs && process.exitCode === 0) rmSync(folder, { recursive: true });
    else process.stderr.write(`observe: the engines' output is in ${folder}\n`);
  }
};

const option = (words, name, otherwise) =>
  words.includes(`--${name}`) ? words[words.indexOf(`--${name}`) + 1] : otherwise;

const main = async ([verb, ...words]) => {
  const names = option(words, 'rows')?.split(',') ?? Object.keys(ROWS);
  const unknown = names.filter((name) => !ROWS[name]);
  if (verb === 'inside') await runRows(JSON.parse(words[0]));
  else if (verb === '--list') process.stdout.write(`${Object.keys(ROWS).join('\n')}\n`);
  else if ((verb === 'real' || verb === 'rehearsal') && unknown.length === 0) {
    const pace = verb === 'real' ? 1 : Number(option(words, 'pace', '0.05'));
    enterLab({ kind: verb, names, pace, out: option(words, 'out'), logs: option(words, 'logs') });
  } else {
    process.stderr.write(`${unknown.length > 0 ? `observe: no row ${unknown.join(', ')}\n` : ''}${USAGE}\n`);
    process.exitCode = 2;
  }
};

await main(process.argv.slice(2));
