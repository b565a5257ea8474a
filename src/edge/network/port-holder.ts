import { readdir, readFile, readlink } from 'node:fs/promises';

import { maskWords } from '#core/secret.ts';
import { printable } from '#core/text.ts';

// Who holds a port, as far as /proc tells us: only of our own network namespace, only processes we may look into.
export type PortHolder = { readonly pid: number; readonly command: string };

// Looking is for one sentence of a refusal: it must not hold it up on a machine with many processes.
const lookForMs = 500;
const listening = '0A';

/** Returns a process that listens on a TCP port of this network namespace, or null where /proc does not show one. */
export async function portHolder(port: number): Promise<PortHolder | null> {
  const sockets = new Set((await Promise.all(['tcp', 'tcp6'].map((table) => listeners(table, port)))).flat());
  if (sockets.size === 0) return null;
  const until = performance.now() + lookForMs;
  for (const pid of await entries('/proc')) {
    if (performance.now() > until) return null;
    if (/^\d+$/.test(pid) && (await holds(pid, sockets))) return { pid: Number(pid), command: await commandOf(pid) };
  }
  return null;
}

// proc_pid_net(5): local address as ADDRESS:PORT in hexadecimal, state, ..., inode in column 9.
async function listeners(table: string, port: number): Promise<string[]> {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = (await readOrEmpty(`/proc/net/${table}`)).split('\n').map((row) => row.trim().split(/\s+/));
  return rows
    .filter(([, local, , state]) => local?.endsWith(hex) === true && state === listening)
    .map((row) => `socket:[${row[9]}]`);
}

async function holds(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const directory = `/proc/${pid}/fd`;
  for (const fd of await entries(directory)) {
    const target = await readlink(`${directory}/${fd}`).catch(() => '');
    if (sockets.has(target)) return true;
  }
  return false;
}

async function commandOf(pid: string): Promise<string> {
  const words = (await readOrEmpty(`/proc/${pid}/cmdline`)).split('\0').filter((word) => word !== '');
  return printable(maskWords(words).join(' '), 200);
}

// A process that ended or is not ours to look into is no holder that we could name.
const entries = (directory: string): Promise<string[]> => readdir(directory).catch(() => []);
const readOrEmpty = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
