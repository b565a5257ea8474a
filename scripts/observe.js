#!/usr/bin/env node
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { agree, compare } from './observe-compare.js';
import { addressOf, envFor, PATHS, PORTS, PROBES, ROWS, wordsFor } from './observe-rows.js';
import { ask, outsideOf, portsBeside, processesBeside, sharedMemoryOf, treeOf } from './look.js';

// Looks at a group of engines from outside, the real ones or the rehearsal engine alike, and writes down what there is to see:
// ports, HTTP, titles and tree before and after each fault, exit codes, who outlives whom. Two such files can be compared.
const USAGE = `observe real|rehearsal [--rows a,b] [--out FILE] [--pace 0.05] [--logs DIR] [--engine FILE]
    [--expect FILE]  waits, where it must, for what another file shows
    runs each row on two network namespaces (root), merges it into FILE (else prints it); rows: see --list
observe compare REAL REHEARSAL [--differences FILE]
    prints what is equal and what differs; exit 1 on a difference that FILE does not explain
observe --list`;

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));
const programs = {
  real: () => {
    const venv = execFileSync(`${here}engines`, { encoding: 'utf8' }).trim();
    return {
      vllm: [`${venv}/bin/vllm`],
      dynamo: [`${venv}/bin/python`],
      model: execFileSync(`${here}model`, { encoding: 'utf8' }).trim(),
    };
  },
  rehearsal: (engine = `${root}dist/rehearsal.js`) => ({
    vllm: [process.execPath, engine],
    dynamo: [process.execPath, engine],
    model: 'tiny',
  }),
};

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
  child.on('exit', (code, signal) =>
    Object.assign(started, {
      exit: signal ?? code,
      atMs: Date.now() - run.sinceMs,
    }),
  );
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
    who === 'top' ? run.started[node].pid : [...alive(run, node)].find(([, one]) => one.title.startsWith(who))?.[0];
  if (pid === undefined) throw new Error(`node ${node} has no process ${who}: ${JSON.stringify(trees(run))}`);
  process.kill(pid, signal);
};

const completion = (run, timeoutMs) =>
  ask(`http://${addressOf(0)}:8000/v1/completions`, {
    body: {
      model: run.row.model ?? run.program.model,
      prompt: 'a',
      max_tokens: 2,
    },
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

const exitsOf = (run) => run.started.map((one) => (one ? (one.exit ?? 'running') : null));

const afterFault = async (run) => {
  const { row, pace, expected } = run;
  const seen = newSeen();
  run.sinceMs = Date.now();
  for (const one of run.started) if (one) one.atMs = null;
  strike(run);
  if (row.twice) {
    await sleep(1500 * pace);
    strike(run);
  }
  const asked = row.asks ? sleep(4000 * pace).then(() => completion(run, 400_000 * pace)) : undefined;
  await until(run, seen, row.watchMs * pace + 300, () => false);
  const now = () => ({ http: seen.http, left: trees(run) });
  // On a busy machine things take their time: where we know what will come, we wait for it.
  if (expected) await until(run, seen, 15_000, () => agree(expected, { after: now(), exits: exitsOf(run) }));
  return { ...(asked && { request: await asked }), ...now(), times: seen.times };
};

const observe = async (run) => {
  const { row } = run;
  const seen = newSeen();
  run.sinceMs = Date.now();
  if (row.taken) {
    onNode(run, 0, ['node', '-e', `net.createServer().listen(${row.taken})`], {
      stdio: 'ignore',
    });
    while (!portsBeside(run.holders[0]).includes(row.taken)) await sleep(50);
  }
  run.started = run.holders.map((_, node) =>
    node < row.nodes && (!row.alone || node === row.node) ? startNode(run, node) : undefined,
  );
  if (!(await until(run, seen, 300_000, () => isUp(run, seen)))) throw new Error(`${run.name}: not up within 5 min`);
  const record = {
    start: { ports: seen.ports, http: seen.http, times: seen.times },
  };
  if (row.signal !== undefined) {
    await sleep(6000 * run.pace + 200);
    Object.assign(record.start, {
      tree: trees(run),
      otherPorts: run.holders.map((holder) => portsBeside(holder).filter((port) => !PORTS[port]).length),
    });
    if (row.paths)
      Object.assign(record.start, {
        outside: run.holders.map(outsideOf),
        paths: await askPaths(run),
      });
    record.after = await afterFault(run);
  }
  record.exits = exitsOf(run);
  record.exitTimes = run.started.map((one) => (one?.atMs ?? null) && `${(one.atMs / 1000).toFixed(1)} s`);
  return record;
};

// Shared memory is one for all nodes and for strangers: only what our own processes had mapped is ours to remove.
const clean = (run) => {
  const mapped = new Set();
  for (const node of run.holders.keys()) {
    for (let tries = 0; alive(run, node).size > 0 && tries < 100; tries++) {
      for (const pid of alive(run, node).keys()) {
        for (const name of sharedMemoryOf(pid)) mapped.add(name);
        killIfThere(pid);
      }
      execFileSync('sleep', ['0.05']);
    }
    if (run.row.who === 'link') lab('heal', run.prefix, String(node));
  }
  for (const name of mapped) rmSync(name, { force: true });
};

const killIfThere = (pid) => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
};

const runRows = async ({ kind, engine, expect, names, pace, folder, out, prefix }) => {
  const program = programs[kind](engine);
  const holders = [0, 1].map((node) => onNode({ prefix }, node, ['sleep', 'infinity'], { stdio: 'ignore' }));
  await sleep(300);
  const results = out ? readOr(out, {}) : {};
  for (const name of names) {
    const row = ROWS[name];
    const run = {
      kind,
      name,
      expected: expect && readOr(expect, {})[name],
      row,
      program,
      pace: kind === 'real' ? 1 : Math.min(pace, row.pace ?? pace),
      folder,
      prefix,
      holders: holders.map(({ pid }) => pid),
      stepMs: kind === 'real' ? 400 : 20,
    };
    try {
      results[name] = await observe(run);
    } finally {
      clean(run);
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

const compareFiles = ([first, second, ...words]) => {
  const differences = readOr(option(words, 'differences', `${root}test/cases/rehearsal-differences.json`), []);
  const { equal, wrong, explained, stale } = compare(readOr(first, {}), readOr(second, {}), ROWS, differences);
  for (const { field, reason } of explained) process.stdout.write(`differs: ${field}: ${reason}\n`);
  for (const field of stale) process.stdout.write(`stale: ${field} is said to differ and does not\n`);
  for (const sentence of wrong) process.stdout.write(`WRONG: ${sentence}\n`);
  process.stdout.write(`${equal} values are equal, ${wrong.length} are wrong\n`);
  process.exitCode = wrong.length + stale.length > 0 ? 1 : 0;
};

const option = (words, name, otherwise) =>
  words.includes(`--${name}`) ? words[words.indexOf(`--${name}`) + 1] : otherwise;

const main = async ([verb, ...words]) => {
  const names = option(words, 'rows')?.split(',') ?? Object.keys(ROWS);
  const unknown = names.filter((name) => !ROWS[name]);
  if (verb === 'inside') await runRows(JSON.parse(words[0]));
  else if (verb === 'compare') compareFiles(words);
  else if (verb === '--list') process.stdout.write(`${Object.keys(ROWS).join('\n')}\n`);
  else if ((verb === 'real' || verb === 'rehearsal') && unknown.length === 0) {
    const pace = verb === 'real' ? 1 : Number(option(words, 'pace', '0.05'));
    enterLab({
      kind: verb,
      names,
      pace,
      engine: option(words, 'engine'),
      expect: option(words, 'expect'),
      out: option(words, 'out'),
      logs: option(words, 'logs'),
    });
  } else {
    process.stderr.write(`${unknown.length > 0 ? `observe: no row ${unknown.join(', ')}\n` : ''}${USAGE}\n`);
    process.exitCode = 2;
  }
};

await main(process.argv.slice(2));
