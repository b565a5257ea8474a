// A two-node group on this machine, from start to fault: what a first user sees. With --real it is real vLLM on the CPU.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { commandLines, launcher, termination, until } from './group-lab.js';

const real = process.argv.includes('--real');
const folder = mkdtempSync(join(tmpdir(), 'vllm-launch-quickstart-'));
const say = (text) => console.log(`\n>>> ${text}`);
const node = process.execPath;

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** A port with the next `more` free too, as local takes two a node. */
async function freePorts(more) {
  for (;;) {
    const first = await freePort();
    const busy = readFileSync('/proc/net/tcp', 'utf8');
    const taken = (port) => busy.includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} `);
    if (first < 32_000 + 28_000 && ![...Array(more + 1).keys()].some((step) => taken(first + step) && step > 0))
      return first;
  }
}

function engine(port) {
  if (!real)
    return { words: ['vllm', 'serve', 'tiny-model', '--tensor-parallel-size', '2', '--port', String(port)], env: {} };
  const out = (script) =>
    spawnSync(`scripts/${script}`, [], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const venv = out('engines');
  if (venv.status !== 0) process.exit(venv.status ?? 1);
  const model = out('model').stdout.trim();
  const words = ['vllm', 'serve', model, '--load-format', 'dummy', '--max-model-len', '256', '--enforce-eager'];
  const env = {
    PATH: `${venv.stdout.trim()}/bin:${process.env.PATH}`,
    HF_HUB_OFFLINE: '1',
    VLLM_CPU_KVCACHE_SPACE: '1',
    VLLM_NO_USAGE_STATS: '1',
    TORCHDYNAMO_DISABLE: '1',
  };
  return { words: [...words, '--tensor-parallel-size', '2', '--port', String(port)], env };
}

const status = await freePorts(3);
const options = ['--status-port', String(status), '--group-port', String(status + 1), '--gpus-per-node', '1'];
const enginePort = await freePort();
const { words, env } = engine(enginePort);
const message = join(folder, 'termination');
const local = [
  'local',
  '-n',
  '2',
  ...(real ? [] : ['--rehearse']),
  ...options,
  '--master-port',
  String(await freePort()),
];
const argv = [launcher, ...local, '--termination-log', message, '--log-format', 'text', '--', ...words];
say(`vllm-launch ${argv.slice(1).join(' ')}`);
const group = spawn(node, argv, { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
const ended = new Promise((resolve) => group.once('exit', (code, signal) => resolve(signal ?? code)));
process.once('SIGINT', () => group.kill('SIGTERM'));

const ask = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(30_000) }).catch(() => null);
const isReady = async (rank) => (await ask(`http://127.0.0.1:${status + 2 * rank}/readyz`))?.status === 200;
const descendants = () => {
  const parents = new Map();
  for (const { pid } of commandLines(
    spawnSync('ls', ['/proc'], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter((name) => /^\d+$/.test(name))
      .map(Number),
  )) {
    const stat = existsSync(`/proc/${pid}/stat`)
      ? readFileSync(`/proc/${pid}/stat`, 'latin1')
          .replace(/^.*\) /s, '')
          .split(' ')
      : [];
    parents.set(pid, Number(stat[1]));
  }
  const isOurs = (pid) => pid !== undefined && pid > 1 && (pid === group.pid || isOurs(parents.get(pid)));
  return [...parents.keys()].filter((pid) => isOurs(pid));
};

try {
  const gone = ended.then((code) => Promise.reject(new Error(`the group ended with ${code} before it was ready`)));
  const bothReady = async () => (await isReady(0)) && (await isReady(1));
  await Promise.race([until('both members ready', real ? 400_000 : 60_000, bothReady), gone]);
  gone.catch(() => undefined);
  say(`vllm-launch status --address 127.0.0.1:${status}`);
  spawnSync(node, [launcher, 'status', '--address', `127.0.0.1:${status}`], { stdio: 'inherit' });
  say('asking it something');
  const body = JSON.stringify({ model: words[2], prompt: 'hello', max_tokens: 8 });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  console.log(await (await ask(`http://127.0.0.1:${enginePort}/v1/completions`, init))?.text());
  const victim = commandLines(descendants()).find(({ line }) => line.startsWith('VLLM::Worker_TP1'));
  say(
    `kill -9 ${victim.pid}   (${victim.line.split(' ')[0]}, a process of node 1; the bare engine would not notice on node 0)`,
  );
  process.kill(victim.pid, 'SIGKILL');
  const code = await ended;
  for (const rank of [0, 1]) say(`node ${rank}: ${termination(`${message}.${rank}`)?.cause?.message}`);
  say(`vllm-launch explain exit ${code}`);
  spawnSync(node, [launcher, 'explain', 'exit', String(code)], { stdio: 'inherit' });
  process.exitCode = code === 79 ? 0 : 1;
} catch (error) {
  console.error(error.message);
  group.kill('SIGTERM');
  await ended;
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
