import { hostname, networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';

import type { NetworkInterface } from '#core/facts.ts';

// What the process itself can tell: its environment, its names, its place on disk.

/** Returns the environment without our own variables: no child and no rule may see them. */
export const withoutOurs = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined || isOurs(name) ? [] : [[name, value]])),
  );

const isOurs = (name: string): boolean => name.startsWith('VLLM_LAUNCH_');

/** Returns the host name and every address of this machine. */
export function gatherNames(): { readonly hostname: string; readonly interfaces: readonly NetworkInterface[] } {
  const interfaces = Object.entries(networkInterfaces()).flatMap(([name, entries = []]) =>
    entries.map(({ address, internal }) => ({ name, address, internal })),
  );
  return { hostname: hostname(), interfaces };
}

/** Returns the words that start the rehearsal engine: this Node, and the program beside our bundle. */
export function rehearsalProgram(ourUrl: string = import.meta.url): string[] {
  const file = ourUrl.endsWith('.ts') ? '../../../dist/rehearsal.js' : 'rehearsal.js';
  return [process.execPath, fileURLToPath(new URL(file, ourUrl))];
}
