// A group of launchers on this machine, started one by one as `local` starts them, so that each can be signalled and asked.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { TerminationDocument } from '#core/report/termination.ts';

import { engines, processesIn, until } from './outside.ts';
import type { Seen } from './outside.ts';
import { freePorts } from './ports.ts';
import { newFolder, start } from './start.ts';
import type { Started } from './start.ts';

export type GroupOptions = {
  readonly size?: number;
  /** The ranks that are started at once; all by default. */
  readonly ranks?: readonly number[];
  readonly options?: readonly string[];
  readonly optionsOf?: (rank: number) => readonly string[];
  readonly words?: readonly string[];
  readonly wordsOf?: (rank: number) => readonly string[];
  readonly envOf?: (rank: number) => Readonly<Record<string, string>>;
  /** Whether they say that they are of one `local`, which gives all the same words; they do by default. */
  readonly local?: boolean;
};

export type Group = {
  /** Where the termination messages lie. */
  readonly folder: string;
  readonly ports: Ports;
  readonly members: readonly Started[];
  /** Starts the launcher of a rank, again or for the first time; `changed` replaces parts of what the group was opened with. */
  readonly launch: (rank: number, changed?: GroupOptions) => Started;
  readonly message: (rank: number) => TerminationDocument | null;
  readonly messages: () => readonly (TerminationDocument | null)[];
  readonly get: (rank: number, path: string) => Promise<Answer>;
  /** Waits until every member says that it is ready. */
  readonly ready: () => Promise<void>;
  /** What runs of this group, its launchers aside; of one rank, where it is given. */
  readonly engines: (rank?: number) => readonly Seen[];
  /** Waits until nothing of any launcher runs any more. */
  readonly nothingLeft: () => Promise<void>;
  readonly codes: (limitMs?: number) => Promise<readonly (number | null)[]>;
};

export type Ports = {
  readonly base: number;
  readonly status: (rank: number) => number;
  readonly group: (rank: number) => number;
  readonly engine: number;
};
export type Answer = { readonly status: number; readonly text: string } | null;

/** Starts a group; its engines are rehearsals unless `options` say otherwise. */
export async function openGroup(opened: GroupOptions = {}): Promise<Group> {
  const size = opened.size ?? 2;
  const base = await freePorts();
  const ports = {
    base,
    status: (rank: number) => base + 2 * rank,
    group: (rank: number) => base + 1 + 2 * rank,
    engine: base + 14,
  };
  const folder = newFolder();
  const members: Started[] = [];
  const folders: string[] = [];
  const launch = (rank: number, changed: GroupOptions = {}) => {
    const {
      options = [],
      optionsOf,
      wordsOf,
      envOf,
      local = true,
      words = ['vllm', 'serve', 'tiny', '-tp', String(size)],
    } = { ...opened, ...changed };
    const line = wordsOf?.(rank) ?? [...words, '--port', String(ports.engine)];
    // Whoever is alone on a machine has a leader elsewhere; 192.0.2.1 is nobody's.
    const group = local ? ['--local-group', `e2e-${base}`] : ['--leader', '192.0.2.1'];
    const given = [...placed(size, rank, ports, folder), ...group, ...options, ...(optionsOf?.(rank) ?? [])];
    const started = start(['run', ...given, '--', ...line], {
      ...(envOf === undefined ? {} : { env: envOf(rank) }),
    });
    members[rank] = started;
    folders.push(started.folder);
    return started;
  };
  for (const rank of opened.ranks ?? Array.from({ length: size }, (_, index) => index)) launch(rank);
  const get = (rank: number, path: string) => ask(ports.status(rank), path);
  const message = (rank: number) => messageAt(join(folder, `${rank}.json`));
  return {
    folder,
    ports,
    members,
    launch,
    message,
    messages: () => members.map((_, rank) => message(rank)),
    get,
    ready: async () => {
      for (const rank of members.keys())
        await until(
          `/readyz of rank ${rank}: ${members[rank]?.stderr()}`,
          async () => (await get(rank, '/readyz'))?.status === 200,
        );
    },
    engines: (rank) => (rank === undefined ? folders : [members[rank]?.folder ?? '']).flatMap(engines),
    nothingLeft: async () => {
      for (const each of folders) await nothingLeft(each);
    },
    codes: (limitMs) => Promise.all(members.map(async (member) => (await member.ended(limitMs)).code)),
  };
}

/** The place of a rank, as `local` gives it, and files of its own. */
const placed = (size: number, rank: number, ports: Ports, folder: string): string[] => [
  ...['--nnodes', String(size), '--node-rank', String(rank), '--leader', `127.0.0.1:${ports.group(0)}`],
  ...['--podinfo', '/nonexistent', '--gpus-per-node', '1', '--rehearse'],
  ...['--group-port', String(ports.group(rank)), '--status-port', String(ports.status(rank))],
  ...['--master-port', String(ports.base + 15), '--termination-log', join(folder, `${rank}.json`)],
];

/** What a launcher's status server answers, null where nobody does. */
export async function ask(port: number, path: string): Promise<Answer> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5_000) });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return null; // nobody there, which is an answer too
  }
}

/** A termination message, null where there is none yet. */
export function messageAt(path: string): TerminationDocument | null {
  try {
    const text = readFileSync(path, 'utf8');
    return text === '' ? null : (JSON.parse(text) as TerminationDocument);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Waits until nothing runs in a folder any more, for less than a look takes. */
export async function nothingLeft(folder: string): Promise<void> {
  const left = () => processesIn(folder);
  await until(
    () => `still there: ${JSON.stringify(left())}`,
    () => left().length === 0,
    3_000,
  );
}
