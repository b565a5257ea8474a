import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

// Why a command could not be started. The kernel says ENOENT for a missing command, a missing interpreter and a missing directory alike.

export type SpawnFailure = {
  readonly kind: 'spawn-failed';
  /** Exit codes 127, 126 and 71. A missing interpreter counts as not found, as in sh and tini. */
  readonly why: 'not-found' | 'not-executable' | 'os';
  readonly reason: string;
};

type Attempt = { readonly command: string; readonly cwd: string | null; readonly path: string | undefined };

// execve(2); what is not listed is a lack of memory, processes or descriptors.
const notExecutable = new Set([
  'EACCES',
  'EPERM',
  'ENOEXEC',
  'ENOTDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ETXTBSY',
  'ELIBBAD',
  'EISDIR',
]);
// glibc's execvp where there is no PATH.
const standardPath = '/bin:/usr/bin';

/** Returns the failure behind an error of spawn, with the command, the reason and what to do. */
export function explainFailure(error: unknown, attempt: Attempt): SpawnFailure {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const { command, cwd } = attempt;
  const failed = (why: SpawnFailure['why'], reason: string): SpawnFailure => ({
    kind: 'spawn-failed',
    why,
    reason: `cannot start '${command}': ${reason}`,
  });
  if (code === 'ENOENT' && cwd !== null && !existsSync(cwd))
    return failed('os', `the directory ${cwd} does not exist; create it`);
  if (code === 'ENOENT') return failed('not-found', explainMissing(attempt));
  if (code === 'EACCES' && isDirectory(command))
    return failed('not-executable', 'it is a directory; name a program in it');
  if (code === 'EACCES')
    return failed('not-executable', `it may not be executed (EACCES); check its mode and its mount`);
  if (notExecutable.has(code)) return failed('not-executable', `it cannot be executed (${code}); check the file`);
  return failed('os', explainLack(code, message));
}

function explainMissing({ command, cwd, path }: Attempt): string {
  if (command === '') return 'the command is empty; give one after --';
  const file = command.includes('/') ? resolve(cwd ?? '.', command) : findOnPath(command, path ?? standardPath);
  if (file === null)
    return `it is not on PATH (${path ?? `not set, so ${standardPath}`}); install it or give its full path`;
  if (!existsSync(file)) return 'there is no such file; check the path';
  const interpreter = readInterpreter(file);
  return interpreter === null
    ? `${file} is there, but the loader or library it asks for is not; is it built for this system?`
    : `${file} asks for the interpreter ${interpreter}, which does not exist; correct its first line`;
}

function explainLack(code: string, message: string): string {
  const lacks: Readonly<Record<string, string>> = {
    E2BIG: 'its arguments and environment are too long for the kernel (E2BIG); shorten them',
    EAGAIN: 'no more processes are allowed (EAGAIN); raise the limit of processes (ulimit -u, pids cgroup)',
    ENOMEM: 'there is not enough memory (ENOMEM); raise the memory limit',
    EMFILE: 'too many files are open (EMFILE); raise ulimit -n',
    ENFILE: 'too many files are open on this machine (ENFILE)',
  };
  return lacks[code] ?? message;
}

const findOnPath = (command: string, path: string): string | null =>
  path
    .split(delimiter)
    .map((folder) => join(folder === '' ? '.' : folder, command))
    .find((file) => existsSync(file)) ?? null;

function isDirectory(file: string): boolean {
  return file.includes('/') && (statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

function readInterpreter(file: string): string | null {
  const start = Buffer.alloc(256);
  try {
    const fd = openSync(file, 'r');
    try {
      const text = start.toString('utf8', 0, readSync(fd, start, 0, start.length, 0));
      return /^#![ \t]*([^ \t\r\n]+)/.exec(text)?.[1] ?? null;
    } finally {
      closeSync(fd);
    }
  } catch {
    return null; // not readable: then no first line to show
  }
}
