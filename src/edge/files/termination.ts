import { accessSync, closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

// The termination message on disk. Rewritten in place: in a pod the file is a bind mount, which a rename would leave
// behind. A SIGKILL at any moment leaves one whole message, because old bytes are overwritten before they are cut off.
export type TerminationFile = {
  readonly path: string;
  /** Rewrites the message; returns why it cannot, the first time only. */
  readonly write: (text: string) => string | null;
};

const defaultTerminationPath = '/dev/termination-log';

/** Returns the file for the message, or null where none is wanted: no path is given and this is no pod. */
export function openTermination(path: string | null, defaultPath = defaultTerminationPath): TerminationFile | null {
  const target = path ?? (isWritable(defaultPath) ? defaultPath : null);
  if (target === null) return null;
  let told = false;
  const write = (text: string): string | null => {
    const reason = rewrite(target, text);
    if (reason === null || told) return null;
    told = true;
    return `cannot write the termination message to ${target}: ${reason}; name another file with --termination-log`;
  };
  return { path: target, write };
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    // Not there or not ours: both mean that nobody asked this container for a message.
    return false;
  }
}

// Synchronous: the message must be whole before the next effect, which may be the last. It is one page of one file.
function rewrite(path: string, text: string): string | null {
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NONBLOCK, 0o644);
    const before = fstatSync(file);
    if (!before.isFile()) return 'it is not a regular file';
    const bytes = Buffer.from(text);
    // One write covers the old message; the padding is white space, so that what stands there is JSON at any moment.
    const padding = Buffer.alloc(Math.max(0, Math.min(before.size, longestOld) - bytes.length), '\n');
    writeSync(file, Buffer.concat([bytes, padding]), 0, undefined, 0);
    ftruncateSync(file, bytes.length);
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code ?? message;
  } finally {
    if (file !== null) closeSync(file);
  }
}

// Our own messages are shorter; what somebody else left in a file that the user named may be of any size.
const longestOld = 64 * 1024;
