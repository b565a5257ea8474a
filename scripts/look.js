import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { request } from 'node:http';

// What an outsider sees of a node (a network namespace): its processes, its listening ports, its HTTP. Used by observe.js.

const words = (pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').filter(Boolean);

/** The processes of the namespace that `holder` lives in, without it and without zombies: pid -> { parent, title }. */
export const processesBeside = (holder) => {
  const namespace = readlinkSync(`/proc/${holder}/ns/net`);
  const found = new Map();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!(pid > 0) || pid === holder) continue;
    try {
      if (readlinkSync(`/proc/${pid}/ns/net`) !== namespace) continue;
      const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'latin1')
        .replace(/^.*\) /s, '')
        .split(' ');
      if (state !== 'Z') found.set(pid, { parent: Number(parent), title: titleOf(words(pid)) });
    } catch {
      // It ended while we looked.
    }
  }
  return found;
};

// Titles without what differs between two runs or two programs: paths, numbers of descriptors, our own words.
const titleOf = (argv) => {
  const line = argv.join(' ').trim();
  if (line.startsWith('VLLM::')) return line;
  if (line.includes('resource_tracker')) return 'resource-tracker';
  if (line.includes('multiprocessing.spawn')) return 'spawning';
  const at = argv.findIndex((word, i) => word === 'serve' || (word === '-m' && argv[i + 1] === 'dynamo.vllm'));
  return at > 0
    ? `top ${argv.slice(at, at + 2 + (argv[at] === 'serve' ? -1 : 0)).join(' ')}`
    : line.replace(/^\S*\//, '').slice(0, 60);
};

/** The tree as sorted paths of titles ("top serve > VLLM::EngineCore"); what has no living parent among them begins with "orphan >". */
export const treeOf = (processes, tops) => {
  const path = (pid) => {
    const { parent, title } = processes.get(pid);
    if (processes.has(parent)) return `${path(parent)} > ${title}`;
    return tops.includes(pid) ? title : `orphan > ${title}`;
  };
  return [...processes.keys()].map(path).sort((a, b) => (a < b ? -1 : 1));
};

/** The ports on which something listens in the namespace of `holder`, ascending. */
export const portsBeside = (holder) => {
  const ports = new Set();
  for (const file of ['tcp', 'tcp6']) {
    for (const line of readFileSync(`/proc/${holder}/net/${file}`, 'latin1').split('\n').slice(1)) {
      const [, local, , state] = line.trim().split(/\s+/);
      if (state === '0A') ports.add(parseInt(local.split(':').at(-1), 16));
    }
  }
  return [...ports].sort((a, b) => a - b);
};

/** One request's status as text, or what came instead: 'refused', 'reset', 'unreachable', 'timeout'. */
export const ask = (url, { body, timeoutMs = 2000 } = {}) =>
  new Promise((done) => {
    const headers = { connection: 'close', ...(body && { 'content-type': 'application/json' }) };
    const asked = request(
      url,
      { method: body ? 'POST' : 'GET', agent: false, headers, timeout: timeoutMs },
      (answer) => {
        answer.on('error', () => done('reset')).on('end', () => done(String(answer.statusCode)));
        answer.resume();
      },
    );
    asked.on('timeout', () => asked.destroy(Object.assign(new Error('timeout'), { code: 'timeout' })));
    asked.on('error', ({ code }) => done(NAMES[code] ?? code));
    asked.end(body && JSON.stringify(body));
  });

const NAMES = { ECONNREFUSED: 'refused', ECONNRESET: 'reset', EHOSTUNREACH: 'unreachable', ETIMEDOUT: 'timeout' };

/** The files in shared memory that a process has mapped; none of one that is gone. */
export const sharedMemoryOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'latin1').match(/\/dev\/shm\/\S+/g) ?? [];
  } catch {
    return [];
  }
};

/** What else an outsider could tell them by: sessions, process groups, and per title the kernel's name for it and whether its environment shows. */
export const outsideOf = (holder) => {
  const found = [...processesBeside(holder)].filter(([, { title }]) => /^(top|VLLM::)/.test(title));
  const stat = (pid) =>
    readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
  const count = (field) => new Set(found.map(([pid]) => stat(pid)[field])).size;
  const environ = (pid) => readFileSync(`/proc/${pid}/environ`, 'latin1').includes('VLLM_HOST_IP=');
  const comm = (pid) => readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
  return {
    groups: count(2),
    sessions: count(3),
    names: Object.fromEntries(found.map(([pid, { title }]) => [title, comm(pid)])),
    environment: Object.fromEntries(found.map(([pid, { title }]) => [title, environ(pid)])),
  };
};
