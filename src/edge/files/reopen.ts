import { constants, openSync, readlinkSync } from 'node:fs';

// O_NONBLOCK belongs to the open file description, which a child that inherits our descriptor shares. Opening the same pipe again through
// /proc gives a description of its own: what one side then does to its flags no longer reaches the other (facts: pid1.md section 7).

/**
 * Returns a new descriptor on the pipe or terminal behind `fd`, or null where there is none or it may not be opened (a pipe that root made
 * cannot be opened again by others). The caller closes it; children do not inherit it.
 */
export function reopen(fd: number, flags: number, kinds: readonly ('pipe' | 'terminal')[]): number | null {
  const link = `/proc/self/fd/${fd}`;
  try {
    const target = readlinkSync(link);
    const kind = target.startsWith('pipe:') ? 'pipe' : /^\/dev\/(?:pts\/|tty|console)/.test(target) ? 'terminal' : null;
    return kind !== null && kinds.includes(kind) ? openSync(link, flags | constants.O_NOCTTY) : null;
  } catch {
    return null; // no /proc, a closed descriptor or no permission: the caller has the old one
  }
}
