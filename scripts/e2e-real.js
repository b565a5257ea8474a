// Real engines under real launchers on two namespaces: each group serves all assertions and then one fault.
// Usage: e2e-real.js VENV [--long] [--fault NAME] [--only vllm|dynamo|single|ray|elastic]
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { commandLines, isUnder, openLab, termination, until } from './group-lab.js';
import {
  dynamoWords,
  faults,
  rayEnv,
  rayFaults,
  startFrontend,
  startOne,
  startPair,
  startStranger,
  vllmWords,
} from './real-groups.js';

const [venv, ...words] = process.argv.slice(2);
const value = (name) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
const long = words.includes('--long');
const prefix = `ve${process.pid % 10_000}`;
const readyMs = 300_000;
const endMs = 60_000;
let passed = 0;
const failures = [];

function check(what, ok, detail = '') {
  console.log(`${ok ? 'ok' : 'NOT OK'} - ${what}${ok ? '' : `: ${detail}`}`);
  if (ok) passed += 1;
  else failures.push(what);
}

const model = spawnSync('scripts/model', [], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).stdout.trim();

/** Two launchers to ready, every assertion on the running group, one fault, and the look from outside afterwards. */
async function pair(profile, faultName) {
  console.log(`\n# ${profile}, two nodes, then ${faultName}`);
  const lab = openLab(prefix, 2);
  const begun = Date.now();
  try {
    const discovery = join(lab.folder, 'discovery');
    const dynamo = profile === 'dynamo';
    const engine = dynamo ? dynamoWords(model, ['-tp', '2']) : vllmWords(model, ['--tensor-parallel-size', '2']);
    const group = startPair(lab, venv, engine, dynamo ? { DYN_FILE_KV: discovery } : {});
    const frontend = dynamo ? startFrontend(lab, venv, discovery) : null;
    await ready(lab, group);
    console.log(`ready after ${((Date.now() - begun) / 1000).toFixed(0)} s`);
    const headless = nodesWith(lab, (line) => / --headless( |$)/.test(line) && !line.includes('vllm-launch.js'));
    check('--headless stands on node 1 only', headless.join() === '1', `nodes ${headless}`);
    await answers(lab, dynamo);
    frontend?.child.kill('SIGKILL');
    await faulted(lab, group, faultName, faults[faultName]);
    await clean(lab, faultName === 'cut-link');
  } catch (error) {
    check(`${profile} group with ${faultName}`, false, error.message);
  } finally {
    lab.down();
  }
}

/** The same on Ray, beside the Ray of a stranger on the same host, which must live on. */
async function onRay(pod, faultName) {
  console.log(`\n# vllm on ${pod}, two nodes, then ${faultName}`);
  const lab = openLab(prefix, 2);
  const begun = Date.now();
  try {
    const stranger = startStranger(lab, venv);
    await until('the Ray of a stranger', 60_000, () => stranger.text().includes('Ray runtime started'));
    const strangers = () => lab.pids(1).filter((pid) => isUnder(pid, stranger.child.pid));
    const theirs = strangers();
    const group = startPair(lab, venv, vllmWords(model, ['--tensor-parallel-size', '2']), rayEnv, pod);
    await ready(lab, group);
    console.log(`ready after ${((Date.now() - begun) / 1000).toFixed(0)} s`);
    const ranks = nodesWith(lab, (line) => line.startsWith('ray::RayWorkerProc'));
    check('one RayWorkerProc on each node', ranks.join() === '0,1', `nodes ${ranks}`);
    const heads = nodesWith(lab, (line) => line.includes(' start --head ') && !line.includes(strangersFolder));
    check('the head is on node 0 only', heads.join() === '0', `nodes ${heads}`);
    const folders = folderNames(lab);
    check('each node has a folder for Ray of its own', folders.length === 2, folders.join(' '));
    const { nodes } = JSON.parse(lab.http('http://10.77.0.10:9440/status').text).ray;
    check('/status shows both of Ray with their GPUs', nodes.filter(({ gpus }) => gpus === 1).length === 2, nodes);
    await answers(lab, false);
    if (faultName === 'stop') await asked(group);
    else await faulted(lab, group, faultName, rayFaults[faultName]);
    await clean(lab, faultName === 'cut-link', strangers);
    const left = folders.filter((folder) => existsSync(folder));
    check("no folder of our Ray's is left", left.length === 0, left.join(' '));
    check(
      "the stranger's Ray lives on",
      serverPids(theirs) !== '' && serverPids(theirs) === serverPids(strangers()),
      serverPids(strangers()),
    );
  } catch (error) {
    check(`vllm on ${pod} with ${faultName}`, false, error.message);
  } finally {
    lab.down();
  }
}

const strangersFolder = '/stranger';
const serverPids = (pids) =>
  commandLines(pids)
    .flatMap(({ pid, line }) => (/(gcs_server|raylet|DashboardAgent)( |$)/.test(line) ? [pid] : []))
    .join();
const nodesWith = (lab, match) =>
  [0, 1].flatMap((node) => commandLines(lab.pids(node)).flatMap(({ line }) => (match(line) ? [node] : [])));

/** The folders that Ray's processes of ours were given, as their own words tell. */
const folderNames = (lab) =>
  [0, 1].flatMap((node) =>
    commandLines(lab.pids(node)).flatMap(({ line }) => {
      const folder = / start --.* --temp-dir=(\S+)/.exec(line)?.[1];
      return folder === undefined || folder.endsWith(strangersFolder) ? [] : [folder];
    }),
  );

async function ready(lab, group) {
  const alive = () => {
    const gone = group.find((one) => one.child.exitCode !== null);
    if (gone !== undefined)
      throw new Error(`launcher ${gone.node} ended with ${gone.child.exitCode}: ${gone.text().slice(-3000)}`);
  };
  for (const { node } of group) {
    const url = `http://10.77.0.${10 + node}:9440/readyz`;
    await until(`/readyz of node ${node}`, readyMs, () => (alive(), lab.http(url)?.status === 200), 1_000);
    check(`/readyz is 200 on node ${node}`, true);
  }
}

async function answers(lab, dynamo) {
  if (!dynamo) {
    const body = { model, prompt: 'hello', max_tokens: 4 };
    const answer = lab.http('http://10.77.0.10:8000/v1/completions', body);
    return check(
      'a completion answers',
      answer?.status === 200 && answer.text.includes('choices'),
      JSON.stringify(answer),
    );
  }
  const models = 'http://10.77.0.10:8080/v1/models';
  await until('the frontend lists the model', 60_000, () => lab.http(models)?.text.includes('"id"'), 1_000);
  const body = { model, messages: [{ role: 'user', content: 'hello' }], max_tokens: 4 };
  const answer = await until('a chat answer', 60_000, () => {
    const said = lab.http('http://10.77.0.10:8080/v1/chat/completions', body);
    return said?.status === 200 ? said : null;
  });
  check('a chat completion answers through the frontend', answer.text.includes('choices'), answer.text);
}

const within = (ms, promise) =>
  Promise.race([promise, new Promise((resolve) => setTimeout(() => resolve(['still running']), ms))]);
const endsOf = (group) => within(endMs, Promise.all(group.map((one) => one.ended)));

/** Without a link each is asked, agents first. */
async function asked(group, told = group.slice(0, 1)) {
  for (const one of told.toReversed()) process.kill(one.pid(), 'SIGTERM');
  const codes = await endsOf(group);
  check(
    'asked to stop: all launchers end with 0',
    codes.every((code) => code === 0),
    `${codes}`,
  );
}

// Who dies within one look of us together with another is named beside it.
const hasPid = (cause, pid) => cause?.pid === pid || cause?.message.includes(`(pid ${pid})`);

async function faulted(lab, group, name, { perform, expected }) {
  const pid = perform(lab, group);
  const codes = await endsOf(group);
  check(
    `${name}: both launchers end with ${expected.code}`,
    codes.every((code) => code === expected.code) && codes.length === 2,
    `${codes}`,
  );
  const causes = group.map((one) => termination(one.message)?.cause ?? null);
  const shown = JSON.stringify(causes);
  if (expected.cut) {
    return check(
      `${name}: each names the other`,
      causes[0]?.rank === 1 && causes[1]?.rank === 0 && causes.every((cause) => cause.kind === 'peer-lost'),
      shown,
    );
  }
  check(
    `${name}: both termination messages name the same cause`,
    causes[0] !== null && causes[0].message === causes[1]?.message,
    shown,
  );
  check(
    `${name}: the cause is rank ${expected.rank} and its process`,
    causes[0]?.rank === expected.rank && expected.process.test(causes[0]?.process ?? ''),
    shown,
  );
  if (!name.startsWith('term'))
    check(`${name}: the cause has the pid that was hit`, hasPid(causes[0], pid), `${pid}: ${shown}`);
}

async function clean(lab, cut, strangers = () => [], nodes = [0, 1]) {
  const spared = strangers();
  const left = () =>
    nodes
      .flatMap((node) => commandLines(lab.pids(node)))
      .filter(({ pid, line }) => !line.includes('dynamo.frontend') && !spared.includes(pid));
  await until('processes gone', 3_000, () => left().length === 0).catch(() => undefined);
  check('no process is left on either node', left().length === 0, JSON.stringify(left()));
  const listening = (spared.length === 0 ? nodes : [0]).flatMap((node) =>
    lab
      .listening(node)
      .split('\n')
      .filter((line) => / 0A /.test(line)),
  );
  check('no port is left', listening.length === 0, listening.join('; '));
  const shared = lab.sharedMemory();
  check('no shared memory is left', shared.length === 0, shared.join(' '));
  if (cut) lab.heal(1);
}

/** One node, aggregated: ready, asked to stop, leaves with 0. */
async function single() {
  console.log('\n# dynamo, one node, aggregated, asked to stop');
  const lab = openLab(prefix, 2);
  try {
    const discovery = join(lab.folder, 'discovery');
    const one = startOne(lab, venv, 0, dynamoWords(model), { size: 1, env: { DYN_FILE_KV: discovery } });
    const frontend = startFrontend(lab, venv, discovery);
    await ready(lab, [one]);
    await answers(lab, true);
    frontend.child.kill('SIGKILL');
    process.kill(one.pid(), 'SIGTERM');
    const code = await within(endMs + 20_000, one.ended);
    check('asked to stop, the launcher leaves with 0', code === 0, `${code}: ${one.text().slice(-1500)}`);
    await clean(lab, false);
  } catch (error) {
    check('one node', false, error.message);
  } finally {
    lab.down();
  }
}

/** Elastic expert parallelism on a real Ray, with the rehearsal engine that is ready only after 20 s. */
async function elastic(size, more = []) {
  const how = [`${size} node${size === 1 ? '' : 's'}`, ...more].join(', ');
  console.log(`\n# elastic-ep with the rehearsal engine, ${how}, asked to stop`);
  const lab = openLab(prefix, size);
  try {
    const engine = vllmWords(model, [
      '--enable-elastic-ep',
      '--enable-eplb',
      '--enable-expert-parallel',
      '-dp',
      '2',
      '-dpb',
      'ray',
    ]);
    const options = ['--rehearse', '--rehearsal-fault', '0:ready-after=20s', ...more];
    const nodes = Array.from({ length: size }, (_, node) => node);
    const group = nodes.map((node) => startOne(lab, venv, node, engine, { size, gpus: 2, options }));
    await ready(lab, group);
    const started = (node, part) =>
      commandLines(lab.pids(node))
        .filter(({ line }) => line.includes(part))
        .map(({ pid }) => startTime(pid));
    const [head, engineStart] = [started(0, ' start --head '), started(0, 'rehearsal.js')];
    check(
      'head first, then the engine',
      head.length === 1 && head[0] < Math.min(...engineStart),
      `${head}: ${engineStart}`,
    );
    if (size > 1) {
      const [agent] = await until('the agent', 10_000, () =>
        [started(1, ' start --address=')].find((found) => found.length === 1),
      );
      const late = (agent - Math.min(...engineStart)) / 100;
      check('the agent was started after the engine was ready', late >= 20 && late < 25, `${late} s after its start`);
    }
    if (size > 1)
      await until(
        'both nodes in Ray',
        30_000,
        () => JSON.parse(lab.http('http://10.77.0.10:9440/status').text).ray.nodes.length === size,
      );
    await (more.includes('--no-group') ? asked(group, group) : asked(group));
    await clean(lab, false, () => [], nodes);
  } catch (error) {
    check(`elastic-ep, ${how}`, false, error.message);
  } finally {
    lab.down();
  }
}

/** When a process started, in hundredths of a second. */
const startTime = (pid) =>
  Number(
    readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')[19],
  );

const commit = spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).stdout.trim() || '0';
const turn = parseInt(commit.slice(0, 6), 16);
const wanted = (profile) => value('--only') === undefined || value('--only') === profile;
const inTurn = (names, shift = 0) => (long ? names : [value('--fault') ?? names[(turn + shift) % names.length]]);

const names = Object.keys(faults);
if (wanted('vllm')) for (const name of inTurn(names)) await pair('vllm', name);
if (wanted('dynamo')) for (const name of inTurn(names, 3)) await pair('dynamo', name);
if (wanted('single')) await single();
const pods = ['ray', 'ray by the legacy rule'];
if (wanted('ray')) {
  const rows = inTurn([...Object.keys(rayFaults), 'stop']);
  for (const [at, name] of rows.entries()) await onRay(pods[(turn + at) % pods.length], name);
}
if (wanted('elastic')) {
  for (const size of [1, 2]) await elastic(size);
  if (long || value('--only') === 'elastic') await elastic(2, ['--no-group']);
}
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
