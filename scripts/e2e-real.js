// Real engines under real launchers on two namespaces: each group serves all assertions and then one fault.
// Usage: e2e-real.js VENV [--long] [--fault NAME] [--only vllm|dynamo|single]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { commandLines, openLab, sharedMemory, termination, until } from './group-lab.js';
import { dynamoWords, faults, startFrontend, startOne, startPair, vllmWords } from './real-groups.js';

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
  const before = sharedMemory();
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
    const headless = [0, 1].filter((node) =>
      commandLines(lab.pids(node)).some(
        ({ line }) => / --headless( |$)/.test(line) && !line.includes('vllm-launch.js'),
      ),
    );
    check('--headless stands on node 1 only', headless.join() === '1', `nodes ${headless}`);
    await answers(lab, dynamo);
    frontend?.child.kill('SIGKILL');
    await faulted(lab, group, faultName);
    await clean(lab, before, faultName === 'cut-link');
  } catch (error) {
    check(`${profile} group with ${faultName}`, false, error.message);
  } finally {
    lab.down();
  }
}

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

async function faulted(lab, group, name) {
  const { perform, expected } = faults[name];
  const pid = perform(lab);
  const codes = await Promise.race([
    Promise.all(group.map((one) => one.ended)),
    new Promise((resolve) => setTimeout(() => resolve(['still running']), endMs)),
  ]);
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
    check(`${name}: the cause has the pid that was hit`, causes[0]?.pid === pid, `${pid}: ${shown}`);
}

async function clean(lab, before, cut) {
  const left = () =>
    [0, 1].flatMap((node) => commandLines(lab.pids(node))).filter(({ line }) => !line.includes('dynamo.frontend'));
  await until('processes gone', 3_000, () => left().length === 0).catch(() => undefined);
  check('no process is left on either node', left().length === 0, JSON.stringify(left()));
  const listening = [0, 1].flatMap((node) =>
    lab
      .listening(node)
      .split('\n')
      .filter((line) => / 0A /.test(line)),
  );
  check('no port is left', listening.length === 0, listening.join('; '));
  const shared = sharedMemory().filter((name) => !before.includes(name));
  check('no shared memory is left', shared.length === 0, shared.join(' '));
  if (cut) lab.heal(1);
}

/** One node, aggregated: ready, asked to stop, leaves with 0. */
async function single() {
  console.log('\n# dynamo, one node, aggregated, asked to stop');
  const before = sharedMemory();
  const lab = openLab(prefix, 2);
  try {
    const discovery = join(lab.folder, 'discovery');
    const one = startOne(lab, venv, 0, dynamoWords(model), { size: 1, env: { DYN_FILE_KV: discovery } });
    const frontend = startFrontend(lab, venv, discovery);
    await ready(lab, [one]);
    await answers(lab, true);
    frontend.child.kill('SIGKILL');
    const [top] = lab.pids(0).filter((pid) => commandLines([pid])[0]?.line.includes('vllm-launch.js'));
    process.kill(top, 'SIGTERM');
    const code = await Promise.race([
      one.ended,
      new Promise((resolve) => setTimeout(() => resolve('still running'), endMs + 20_000)),
    ]);
    check('asked to stop, the launcher leaves with 0', code === 0, `${code}: ${one.text().slice(-1500)}`);
    await clean(lab, before, false);
  } catch (error) {
    check('one node', false, error.message);
  } finally {
    lab.down();
  }
}

const names = Object.keys(faults);
const commit = spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).stdout.trim() || '0';
const turn = parseInt(commit.slice(0, 6), 16);
const wanted = (profile) => value('--only') === undefined || value('--only') === profile;
const rounds = long ? names : [value('--fault') ?? names[turn % names.length]];
if (wanted('vllm')) for (const name of rounds) await pair('vllm', name);
const second = long ? names : [value('--fault') ?? names[(turn + 3) % names.length]];
if (wanted('dynamo')) for (const name of second) await pair('dynamo', name);
if (wanted('single')) await single();
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
