import { fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';

import { openDirect, type Direct } from './direct.ts';

// Our stdout and our stderr, each with one door for all: raw bytes of a child and lines of ours. A line of ours never stands in the middle of
// a child's line. process.stdout and process.stderr are opened only when the first byte is relayed, never with a child that shares them.

export type Outlet = {
  /** Passes bytes of a child on; false asks the caller to wait for `whenDrained`. With the reader gone they go nowhere. */
  readonly relay: (chunk: Uint8Array) => boolean;
  readonly whenDrained: (resume: () => void) => void;
  /** Writes lines of ours (ending in a newline) where a line begins. Bounded: what cannot be written is dropped and counted. */
  readonly say: (text: string) => void;
  /** Writes lines that `erase` takes away again before anything else is written; nothing where a child's line is open. */
  readonly sayLive: (text: string, erase: string) => void;
  /** Calls back once when the reader has gone away. */
  readonly onGone: (callback: (reason: string) => void) => void;
  /** Resolves with true when all is written (or nobody reads), with false when the time is over. */
  readonly flush: (limitMs: number) => Promise<boolean>;
};

type Door = {
  readonly direct: Direct;
  readonly open: () => Writable;
  /** Null until the first byte of a child. */
  stream: Writable | null;
  gone: string | null;
  midLine: boolean;
  /** Lines of ours that wait for the end of a child's line. */
  waiting: string[];
  lost: number;
  erase: string;
  resumes: (() => void)[];
  readonly goneCallbacks: ((reason: string) => void)[];
};

const queueBytes = 1_048_576;
const waitingLines = 1_000;
// A child's line that stays open this long (a prompt, a progress bar) is broken for ours.
const patienceMs = 250;

const outlets = new Map<number, Outlet>();

/** Returns the door to our stdout or stderr; one and the same where both are the same pipe or terminal. */
export function outletOf(to: 'stdout' | 'stderr'): Outlet {
  const fd = to === 'stderr' && !areSame(1, 2) ? 2 : 1;
  const outlet = outlets.get(fd) ?? openOutlet(openDirect(fd), () => (fd === 1 ? process.stdout : process.stderr));
  outlets.set(fd, outlet);
  return outlet;
}

/** Returns a door to the stream that `open` gives when the first byte of a child comes; before that lines go to `direct`. */
export function openOutlet(direct: Direct, open: () => Writable): Outlet {
  const door: Door = {
    direct,
    open,
    stream: null,
    gone: null,
    midLine: false,
    waiting: [],
    lost: 0,
    erase: '',
    resumes: [],
    goneCallbacks: [],
  };
  return {
    relay: (chunk) => relay(door, chunk),
    whenDrained: (resume) => {
      if (door.gone === null) door.resumes.push(resume);
      else resume();
    },
    say: (text) => say(door, text),
    sayLive: (text, erase) => {
      if (door.midLine || door.gone !== null) return;
      say(door, text);
      door.erase = erase;
    },
    onGone: (callback) => {
      if (door.gone === null) door.goneCallbacks.push(callback);
      else callback(door.gone);
    },
    flush: (limitMs) => flush(door, limitMs),
  };
}

function relay(door: Door, chunk: Uint8Array): boolean {
  if (door.gone !== null || chunk.length === 0) return true;
  const stream = (door.stream ??= openStream(door));
  if (door.erase !== '') write(door, stream, '');
  const end = door.waiting.length === 0 ? -1 : chunk.indexOf(10);
  if (end !== -1) {
    stream.write(chunk.subarray(0, end + 1));
    sayWaiting(door, stream, '');
  }
  const rest = chunk.subarray(end + 1);
  door.midLine = chunk[chunk.length - 1] !== 10;
  return rest.length === 0 ? !stream.writableNeedDrain : stream.write(rest);
}

function say(door: Door, text: string): void {
  if (door.gone !== null) return;
  const { stream } = door;
  if (stream === null) {
    door.direct.write(door.erase + text);
    door.erase = '';
  } else if (stream.writableLength > queueBytes || door.waiting.length >= waitingLines) door.lost += 1;
  else if (!door.midLine) write(door, stream, text);
  else {
    door.waiting.push(text);
    if (door.waiting.length === 1) setTimeout(() => sayWaiting(door, stream, '\n'), patienceMs).unref();
  }
}

function write(door: Door, stream: Writable, text: string): void {
  const missed = door.lost === 0 ? '' : `vllm-launch: ${door.lost} lines of ours are missing here: nobody read them\n`;
  stream.write(door.erase + missed + text);
  door.erase = '';
  door.lost = 0;
}

function sayWaiting(door: Door, stream: Writable, lineEnd: string): void {
  if (door.waiting.length === 0 || door.gone !== null) return;
  const text = lineEnd + door.waiting.join('');
  door.waiting = [];
  door.midLine = false;
  write(door, stream, text);
}

function openStream(door: Door): Writable {
  const stream = door.open();
  const resumeAll = () => {
    for (const resume of door.resumes.splice(0)) resume();
  };
  stream.on('drain', resumeAll);
  stream.on('error', (error) => {
    if (door.gone !== null) return;
    door.gone = error.message;
    for (const callback of door.goneCallbacks.splice(0)) callback(error.message);
    resumeAll();
  });
  return stream;
}

async function flush(door: Door, limitMs: number): Promise<boolean> {
  const { stream } = door;
  if (stream === null || door.gone !== null) return true;
  sayWaiting(door, stream, '\n');
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), limitMs);
    // Its callback comes after those of all writes before it, with an error if the reader goes.
    stream.write('', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

// Two files of the same name have places of their own to write at; pipes and terminals have one.
function areSame(a: number, b: number): boolean {
  try {
    const [left, right] = [fstatSync(a), fstatSync(b)];
    return !left.isFile() && left.ino === right.ino && left.dev === right.dev;
  } catch {
    return false; // one of them is closed
  }
}
