import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

import treeKill from 'tree-kill';

// The last resort where there is no /proc (macOS): tree-kill 1.2.2. It takes one snapshot with `ps` or `pgrep`, does not check start times, and
// takes this process down where its program is missing; hence the question before (pid1.md section 8).

const limitMs = 5_000;

/** Sends a signal to a process and to its descendants as `ps` shows them; returns null, or why it could not. Never throws. */
export function killTree(pid: number, signal: string, path = process.env['PATH'] ?? ''): Promise<string | null> {
  const program = process.platform === 'darwin' ? 'pgrep' : 'ps';
  if (!Number.isInteger(pid) || pid <= 1 || pid === process.pid) {
    return Promise.resolve(`cannot send ${signal} to the tree of pid ${pid}: it is not a child of ours`);
  }
  if (!isThere(program, path)) {
    const why = `there is neither /proc nor ${program}`;
    return Promise.resolve(`cannot find the descendants of pid ${pid}: ${why}; install ${program}`);
  }
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => resolve(`cannot send ${signal} to the tree of pid ${pid}: ${program} hangs`),
      limitMs,
    );
    treeKill(pid, signal, (error) => {
      clearTimeout(timer);
      resolve(error === undefined ? null : `cannot send ${signal} to the tree of pid ${pid}: ${error.message}`);
    });
  });
}

function isThere(program: string, path: string): boolean {
  return path.split(':').some((folder) => {
    try {
      accessSync(join(folder === '' ? '.' : folder, program), constants.X_OK);
      return true;
    } catch {
      return false; // not in this folder
    }
  });
}
