import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';

import { maskWords } from '#core/secret.ts';
import { cutText } from '#core/text.ts';

// /proc as text, parsed: one process at a time, nothing remembered. What cannot be read is a process that is gone.

/** One line of /proc/PID/stat, as far as we need it; `startTicks` counts 10 ms ticks since the machine started. */
export type Stat = {
  readonly pid: number;
  readonly comm: string;
  readonly state: string;
  readonly ppid: number;
  readonly session: number;
  readonly threads: number;
  readonly startTicks: number;
};

// Clock ticks of user space are 100 a second on every platform of ours: Linux include/uapi/asm-generic/param.h (USER_HZ).
export const tickMs = 10;

const titleLength = 256;
const buffer = Buffer.allocUnsafe(4096);

// pid (name) state ppid pgrp session ... num_threads itrealvalue starttime: fields 1 to 4, 6, 20 and 22 of proc_pid_stat(5).
const statFields =
  /^(\d{1,10}) \((.*)\) ([A-Za-z]) (\d{1,10}) -?\d+ (\d{1,10}) (?:-?\d+ ){13}(\d{1,10}) -?\d+ (\d{1,15})(?: |$)/s;

/** Returns what the text of /proc/PID/stat says, or null where it is none; a name may hold spaces, brackets and newlines. */
export function parseStat(text: string): Stat | null {
  const fields = statFields.exec(text);
  if (fields === null) return null;
  const [, pid, comm = '', state = '', ppid, session, threads, startTicks] = fields;
  return {
    pid: Number(pid),
    comm,
    state,
    ppid: Number(ppid),
    session: Number(session),
    threads: Number(threads),
    startTicks: Number(startTicks),
  };
}

/** Tells whether a process still runs. A zombie does not, unless only its first thread has ended. */
export const isAlive = (stat: Stat): boolean =>
  stat.state !== 'X' && stat.state !== 'x' && (stat.state !== 'Z' || stat.threads > 1);

/** Returns the stat of a process, or null where it is gone (or where there is no /proc). */
export function readStat(pid: number | 'self'): Stat | null {
  const text = readStart(`/proc/${pid}/stat`);
  return text === null ? null : parseStat(text);
}

/**
 * Returns how a process is called: its title if it set one, else the words of its command line up to the first `--option`; values of
 * secret-named flags masked, no control characters, at most 256 characters.
 */
export function readTitle(stat: Stat): string {
  return parseTitle(readStart(`/proc/${stat.pid}/cmdline`) ?? '', stat.comm);
}

/** Returns the title in a command line as /proc/PID/cmdline gives it (latin1), or else the name of the process. */
export function parseTitle(cmdline: string, comm: string): string {
  const words = Buffer.from(cmdline, 'latin1').toString('utf8').replace(/\0+$/, '').split('\0');
  const option = words.findIndex((word, index) => index > 0 && word.startsWith('--'));
  // setproctitle and libuv write the title over all words, so that one word is left.
  const shown = words.length === 1 ? (words[0] ?? '').split(' ') : words.slice(0, option === -1 ? undefined : option);
  const title = maskWords(shown)
    .join(' ')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
  return cutText(title === '' ? comm.replaceAll(/\p{Cc}+/gu, ' ') : title, titleLength);
}

/** Returns every pid there is. Throws where /proc cannot be read. */
export const listPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => name.charCodeAt(0) <= 57 && /^\d+$/.test(name))
    .map(Number);

/** Tells whether this system has a /proc as Linux has it. */
export const hasProc = (): boolean => existsSync('/proc/self/stat');

// One buffer for all: 8 us a file, where readFileSync takes 10 to 15.
function readStart(path: string): string | null {
  try {
    const fd = openSync(path, 'r');
    try {
      return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return null; // ENOENT and ESRCH: gone; EACCES: not ours
  }
}
