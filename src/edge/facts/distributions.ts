import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { EngineVersion } from '#core/facts.ts';
import { comparePep440, parsePep440 } from '#upstream/pep440.ts';

import { readBeginning } from './text-file.ts';

// Versions of installed Python distributions, from their dist-info directories (PEP 376, PEP 427).
const headerBytes = 65_536;

/** Returns the version of a distribution in the first directory that has it, or null. */
export async function findDistribution(name: string, directories: readonly string[]): Promise<EngineVersion | null> {
  for (const directory of directories) {
    const found = await inDirectory(normal(name), directory);
    if (found !== null) return found;
  }
  return null;
}

/** An upgrade that was interrupted leaves two; the newer one is what is imported. */
async function inDirectory(name: string, directory: string): Promise<EngineVersion | null> {
  const entries = await readdir(directory).catch(() => []);
  const ours = entries.filter((entry) => entry.endsWith('.dist-info') && normal(entry.split('-')[0] ?? '') === name);
  const read = await Promise.all(ours.map((entry) => readVersion(name, join(directory, entry), entry)));
  const versions = read.filter((version) => version !== null);
  return versions.toSorted(newestFirst)[0] ?? null;
}

/** Returns what METADATA says, or the directory's own name where it says nothing; null where it is of another name. */
async function readVersion(name: string, path: string, entry: string): Promise<EngineVersion | null> {
  const header = (await readBeginning(join(path, 'METADATA'), headerBytes))?.split(/\r?\n\r?\n/)[0] ?? '';
  const said = /^Name:\s*(\S+)\s*$/im.exec(header)?.[1];
  if (said !== undefined && normal(said) !== name) return null;
  const version = /^Version:\s*(\S+)\s*$/im.exec(header)?.[1] ?? /^[^-]+-([^-]+)\.dist-info$/.exec(entry)?.[1];
  return version === undefined ? null : { version, source: path };
}

function newestFirst(a: EngineVersion, b: EngineVersion): number {
  const [left, right] = [parsePep440(a.version), parsePep440(b.version)];
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return comparePep440(right, left);
}

/** PEP 503 names, with the underscore that directories have. */
const normal = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '_');
