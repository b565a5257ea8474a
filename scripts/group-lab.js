// Launchers on namespaces as nodes, for the end-to-end tests, the bench and the quick start. Everything is looked at from outside.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const labScript = join(root, 'scripts/lab');
export const launcher = join(root, 'bin/vllm-launch.js');

/** Waits until `ask` gives something truthy; throws with `what` after `limitMs`. */
export async function until(what, limitMs, ask, everyMs = 200) {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (performance.now() > endMs) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Makes `size` nodes named by `prefix`; what runs there is killed with `down`. */
export function openLab(prefix, size) {
  const lab = (...words) => spawnSync(labScript, words, { encoding: 'utf8' });
  lab('down', prefix);
  const made = lab('up', prefix, String(size));
  if (made.status !== 0) throw new Error(made.stderr);
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`));
  const pids = (node) => lab('pids', prefix, String(node)).stdout.split('\n').filter(Boolean).map(Number);
  return {
    folder,
    pids,
    words: (node) => ['exec', prefix, String(node), '--'],
    /** Starts words on a node; stdout and stderr go to `<name>.log` in the lab's folder. */
    start: (node, name, words, env = {}) => start(folder, name, ['exec', prefix, String(node), '--', ...words], env),
    cut: (node) => lab('cut', prefix, String(node)),
    heal: (node) => lab('heal', prefix, String(node)),
    /** GET, or POST where there is a body, from beside the bridge; null where nobody answers. */
    http: (url, body) => httpFrom(lab, prefix, url, body),
    listening: (node) => lab('exec', prefix, String(node), '--', 'cat', '/proc/net/tcp', '/proc/net/tcp6').stdout,
    /** Names in the shared memory of all nodes. */
    sharedMemory: () => Array.from({ length: size }, (_, node) => readdirSync(`/dev/shm/lab-${prefix}n${node}`)).flat(),
    down: () => {
      lab('down', prefix);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function start(folder, name, words, env) {
  const log = join(folder, `${name}.log`);
  const child = spawn(labScript, words, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const keep = (chunk) => {
    text = (text + chunk).slice(-4_000_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      if (existsSync(folder)) writeFileSync(log, text);
      resolve(signal === null ? code : `killed by ${signal}`);
    });
  });
  return { child, ended, text: () => text };
}

const fetchScript = `
  const [url, body] = process.argv.slice(1);
  const init = body ? { method: 'POST', body, headers: { 'content-type': 'application/json' } } : {};
  fetch(url, { ...init, signal: AbortSignal.timeout(60000) }).then(
    async (answer) => console.log(JSON.stringify({ status: answer.status, text: await answer.text() })),
    () => console.log('null'),
  );`;

function httpFrom(lab, prefix, url, body) {
  const words = [
    'exec',
    prefix,
    'br',
    '--',
    process.execPath,
    '-e',
    fetchScript,
    url,
    ...(body ? [JSON.stringify(body)] : []),
  ];
  const { stdout } = lab(...words);
  return stdout.trim() === '' ? null : JSON.parse(stdout);
}

/** Writes a downward API volume as the kubelet does: a dated folder behind `..data`, one link a file. */
export function writePodinfo(folder, annotations, labels = {}) {
  const dated = '..2026_01_01_00_00_00.000000000';
  mkdirSync(join(folder, dated), { recursive: true });
  const text = (map) =>
    Object.keys(map)
      .sort()
      .map((key) => `${key}=${JSON.stringify(map[key])}`)
      .join('\n');
  writeFileSync(join(folder, dated, 'annotations'), text(annotations));
  writeFileSync(join(folder, dated, 'labels'), text(labels));
  symlinkSync(dated, join(folder, '..data'));
  for (const name of ['annotations', 'labels']) symlinkSync(join('..data', name), join(folder, name));
  return folder;
}

/** The command lines of processes, by pid; those that are gone are left out. */
export function commandLines(pids) {
  return pids.flatMap((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
      return words.length === 0 ? [] : [{ pid, line: words.join(' ').trim() }];
    } catch {
      return []; // it ended while we looked
    }
  });
}

/** Tells whether a process has another among its ancestors, or is it. */
export function isUnder(pid, top) {
  for (let at = pid; at > 1; at = parentOf(at)) if (at === top) return true;
  return false;
}

function parentOf(pid) {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'latin1')
        .replace(/^.*\) /s, '')
        .split(' ')[1],
    );
  } catch {
    return 0; // it ended while we looked
  }
}

/** The termination message of a launcher, parsed; null where there is none yet. */
export function termination(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null; // not written yet
  }
}
