// Who of a node ends when another one of it does, and how soon: vLLM's own processes, and Ray's as they were observed
// (ray.md 2.2: what `ray start` calls an expected end of its own it never notices).
import type { Habits, Part } from './processes.ts';

/** An end that follows; without a code it is one by SIGKILL. */
export type Echo = { readonly afterMs: number; readonly part: Part; readonly code: number | null };

// `ray start` looks at its own each second.
const rayNoticesMs = 600;
const orphanedWorkerMs = 1_000;
const helperMissedMs = 100;

/** Returns the ends that follow the end of a process; `signal` is null where it ended by itself or was told to. */
export function echoesOf(part: Part, signal: string | null, { noticeMs }: Habits): readonly Echo[] {
  switch (part) {
    case 'core':
      return [echo(500, 'worker'), echo(noticeMs, 'top')];
    case 'worker':
      return [echo(noticeMs / 2, 'core'), echo(noticeMs, 'top')];
    case 'ray':
      // Both die with their parent (PDEATHSIG); the helper does not.
      return [echo(0, 'gcs', null), echo(0, 'raylet', null)];
    case 'gcs':
      return signal === null ? [] : [echo(rayNoticesMs, 'ray', 1)];
    case 'raylet':
      return [echo(orphanedWorkerMs, 'worker', 1), ...(signal === null ? [] : [echo(rayNoticesMs, 'ray', 1)])];
    case 'helper':
      return [echo(helperMissedMs, 'raylet')];
    case 'top':
    case 'tracker':
      return [];
  }
}

const echo = (afterMs: number, part: Part, code: number | null = 0): Echo => ({ afterMs, part, code });
