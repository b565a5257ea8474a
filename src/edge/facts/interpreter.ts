import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';

import { findExecutable } from './executable.ts';
import { readBeginning } from './text-file.ts';

// Where the command's Python keeps its packages, told from files alone: starting Python costs a second, importing vLLM twenty.
type Env = Readonly<Record<string, string>>;

const pythonName = /^python(\d+(?:\.\d+)?)?$/;
const firstLinesBytes = 1_024;

/** Returns the package directories of the Python that a program is or starts, in the order of its search path. */
export async function packageDirectories(program: string, env: Env): Promise<string[]> {
  const python = await interpreterOf(program, env);
  if (python === null) return [];
  const fromVariable = (env['PYTHONPATH'] ?? '').split(delimiter).filter((entry) => entry !== '');
  return [...fromVariable, ...((await ofVenv(python)) ?? (await ofInstallation(python, env)))];
}

/** Returns the version of the Python that a program is or starts: whole from a virtual environment, else as its name tells. */
export async function pythonVersion(program: string, env: Env): Promise<string | null> {
  const python = await interpreterOf(program, env);
  if (python === null) return null;
  const config = await readBeginning(join(dirname(dirname(python)), 'pyvenv.cfg'), 65_536);
  // venv calls it version, uv and virtualenv version_info; virtualenv puts the level behind it (3.11.7.final.0).
  const stated = /^version(?:_info)?\s*=\s*(\d+\.\d+(?:\.\d+)?)/m.exec(config ?? '')?.[1];
  const real = await realpath(python).catch(() => python);
  return stated ?? /^python(\d+\.\d+)$/.exec(basename(real))?.[1] ?? null;
}

/** A program that is no Python is a script whose first line names one, as pip and uv write them. */
async function interpreterOf(program: string, env: Env): Promise<string | null> {
  if (pythonName.test(basename(program))) return program;
  const beginning = await readBeginning(program, firstLinesBytes);
  const named = beginning === null ? null : interpreterNamed(beginning);
  if (named === null || !pythonName.test(basename(named))) return null;
  if (named.includes('/')) return named;
  const found = await findExecutable(named, env['PATH']);
  return found?.found === true ? found.path : null;
}

/** Returns the interpreter of a script: `#!/path`, `#!/usr/bin/env name`, or pip's `'''exec' "/long path"` under a `#!/bin/sh`. */
export function interpreterNamed(beginning: string): string | null {
  const first = /^#![ \t]*([^ \t\r\n]+)(?:[ \t]+(?:-S[ \t]+)?([^ \t\r\n]+))?/.exec(beginning);
  if (first === null) return null;
  const [, path = '', argument] = first;
  if (basename(path) === 'env') return argument ?? null;
  const hidden = /^'''exec' (?:"([^"\n]+)"|(\S+))/m.exec(beginning);
  return basename(path) === 'sh' && hidden !== null ? (hidden[1] ?? hidden[2] ?? null) : path;
}

/** A virtual environment is told by its pyvenv.cfg one above bin; the link's own place counts, not its target's. */
async function ofVenv(python: string): Promise<string[] | null> {
  const prefix = dirname(dirname(python));
  const config = await readBeginning(join(prefix, 'pyvenv.cfg'), 65_536);
  if (config === null) return null;
  const own = await versioned(prefix, ['site-packages'], null);
  const home = /^home\s*=\s*(\S.*)$/m.exec(config)?.[1]?.trim();
  const open = /^include-system-site-packages\s*=\s*true\s*$/im.test(config);
  return open && home !== undefined ? [...own, ...(await below(dirname(home), null))] : own;
}

async function ofInstallation(python: string, env: Env): Promise<string[]> {
  const real = await realpath(python).catch(() => python);
  const version = pythonName.exec(basename(real))?.[1] ?? null;
  const home = env['HOME'];
  const ofUser = home === undefined || env['PYTHONNOUSERSITE'] !== undefined ? [] : [join(home, '.local')];
  const users = await Promise.all(ofUser.map((prefix) => versioned(prefix, ['site-packages'], version)));
  return [...users.flat(), ...(await below(dirname(dirname(real)), version))];
}

/** Debian's Python looks below /usr/local first, and calls what it brings itself dist-packages. */
async function below(prefix: string, version: string | null): Promise<string[]> {
  const kinds = ['dist-packages', 'site-packages'];
  const local = await versioned(join(prefix, 'local'), kinds, version);
  return [...local, ...(await versioned(prefix, kinds, version))];
}

/** Returns the package directories that are there below a prefix; of all versions where ours is not known. */
async function versioned(prefix: string, kinds: readonly string[], version: string | null): Promise<string[]> {
  const found: string[] = [];
  for (const library of ['lib', 'lib64']) {
    const names = await readdir(join(prefix, library)).catch(() => []);
    const ours = names.filter((name) => fits(name, version)).toSorted();
    for (const name of ours) found.push(...kinds.map((kind) => join(prefix, library, name, kind)));
  }
  const there = await Promise.all(found.map(isDirectory));
  return found.filter((_, index) => there[index] === true);
}

/** `python3` holds what every Python 3 of a Debian system shares. */
function fits(name: string, version: string | null): boolean {
  const of = /^python(3(?:\.\d+)?)$/.exec(name)?.[1];
  return of !== undefined && (of === '3' || version === null || version === '3' || of === version);
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
