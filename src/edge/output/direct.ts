import { constants, writeSync } from 'node:fs';

import { reopen } from '#edge/files/reopen.ts';

// Lines of ours written at once, without a stream: they are out before the next statement runs, also when that one crashes. Never blocks for
// long and never throws: with a reader that stands still lines are dropped and counted, with one that is gone they are given up.

export type Direct = { readonly write: (text: string) => void };

const waitMs = 5;
const waits = 10;
const goneCodes: ReadonlySet<string> = new Set(['EPIPE', 'EBADF', 'EIO', 'ENXIO', 'ECONNRESET', 'ENOTCONN']);

type Writer = { fd: number | null; rest: Buffer; lost: number; stalled: boolean; gone: boolean };

/** Returns a writer of lines to our stdout or stderr; nothing is opened before the first line. */
export function openDirect(fd: 1 | 2): Direct {
  const writer: Writer = { fd: null, rest: Buffer.alloc(0), lost: 0, stalled: false, gone: false };
  return {
    write: (text) => {
      if (writer.gone) return;
      // Non-blocking, on a description that no child shares. Where that may not be had (a pipe made by root) a full pipe can block us.
      writer.fd ??=
        reopen(fd, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_APPEND, ['pipe', 'terminal']) ?? fd;
      writeLines(writer, writer.fd, text);
    },
  };
}

function writeLines(writer: Writer, fd: number, text: string): void {
  if (!empty(writer, fd)) {
    writer.lost += 1;
    return;
  }
  const missed =
    writer.lost === 0 ? '' : `vllm-launch: ${writer.lost} lines of ours are missing here: nobody read them\n`;
  writer.lost = 0;
  writer.rest = Buffer.from(missed + text);
  empty(writer, fd);
}

// Writes what is left; false where something still is. A line that was begun is kept until it is out.
function empty(writer: Writer, fd: number): boolean {
  for (let waited = 0; writer.rest.length > 0 && !writer.gone;) {
    const written = tryWrite(writer, fd);
    writer.rest = writer.rest.subarray(written);
    if (written > 0) writer.stalled = false;
    else if (writer.stalled || waited === waits) {
      writer.stalled = true;
      return false;
    } else {
      waited += 1;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    }
  }
  return true;
}

function tryWrite(writer: Writer, fd: number): number {
  try {
    return writeSync(fd, writer.rest);
  } catch (error) {
    // Anything else (EAGAIN, ENOSPC, EINTR) may pass.
    writer.gone = goneCodes.has((error as NodeJS.ErrnoException).code ?? '');
    return 0;
  }
}
