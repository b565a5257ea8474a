// The engine as it runs: spawned, relayed, looked at, signalled. What happens to it goes back as events.
import type { ProcessSpec } from '#core/plan/plan.ts';
import type { EffectOf, RayLogs } from '#core/supervision/effect.ts';
import { maskValues } from '#core/secret.ts';

import type { Occurrence } from './loop.ts';
import type { Tail } from './output/tail.ts';
import type { Child } from './processes/spawn.ts';
import { spawnChild } from './processes/spawn.ts';
import { scanProcesses } from './processes/scan.ts';
import { signalProcess } from './processes/signal.ts';
import { sweepTree } from './processes/sweep.ts';

export type EngineWorld = {
  readonly env: Readonly<Record<string, string>>;
  readonly output: 'relay' | 'inherit';
  readonly terminal: boolean;
  readonly tail: Tail;
  /** Called once with the child's streams; only where the output is relayed. */
  readonly attach: (child: Child) => void;
  readonly push: (event: Occurrence) => void;
};

export type EngineRoom = {
  readonly spawn: (epoch: number, spec: ProcessSpec) => Promise<void>;
  readonly signal: (effect: EffectOf<'signalProcess'>) => void;
  readonly scan: (effect: EffectOf<'scanProcesses'>) => Promise<void>;
  readonly sweep: (effect: EffectOf<'sweepTree'>) => Promise<void>;
  readonly readTail: (epoch: number, ray: RayLogs | null) => void;
  readonly lastLines: () => readonly string[];
};

// A spawn that was not even tried is a spawn that failed.
const notTried = (error: unknown) => ({ kind: 'failed', why: 'os', reason: String(error) }) as const;

// The last words of an engine come a moment after its death.
const lastWordsMs = 250;
const lines = 20;

async function rayLines(logs: RayLogs, env: EngineWorld['env']): Promise<readonly string[]> {
  const { rayLogLines } = await import('./ray/log-files.ts');
  const found = await rayLogLines(logs).catch((error: unknown) => [`[ray] cannot read its logs: ${String(error)}`]);
  return found.map((line) => maskValues(line, env));
}

/** Returns the room of the engine's processes. */
export function openEngine(world: EngineWorld): EngineRoom {
  const { push } = world;
  const failed = (effect: string, error: unknown) => push({ kind: 'effectFailed', effect, reason: String(error) });
  const spawn = async (epoch: number, spec: ProcessSpec) => {
    const { name } = spec;
    const options = { output: world.output, terminal: world.terminal, cwd: null };
    const child = await spawnChild(spec, world.env, options).catch(notTried);
    if (child.kind !== 'child') return push({ kind: 'spawnFailed', epoch, name, why: child.why, reason: child.reason });
    world.attach(child);
    push({ kind: 'childSpawned', epoch, name, pid: child.pid, startTicks: child.startTicks });
    child.onExit((code, signal) => push({ kind: 'childExited', epoch, name, code, signal }));
  };
  const signal = ({ process: id, signal: name }: EffectOf<'signalProcess'>) => {
    const answer = signalProcess(id, name);
    if (answer.kind === 'refused') failed('signalProcess', answer.reason);
  };
  const scan = async ({ epoch, known, whole }: EffectOf<'scanProcesses'>) => {
    try {
      push({ kind: 'processesSeen', epoch, whole, alive: await scanProcesses(known, whole) });
    } catch (error) {
      failed('scanProcesses', error);
      push({ kind: 'processesSeen', epoch, whole: false, alive: known.map((id) => ({ ...id, ppid: 0, title: '' })) });
    }
  };
  const sweep = async ({ epoch, known, signal: name, spareTrackers }: EffectOf<'sweepTree'>) => {
    const { survivors, refused } = await sweepTree(known, name, { spareTrackers });
    for (const reason of refused) failed('sweepTree', reason);
    push({ kind: 'treeSwept', epoch, survivors });
  };
  const lastLines = () => world.tail.lines(lines).map((line) => maskValues(line, world.env));
  const readTail = (epoch: number, logs: RayLogs | null) => {
    const read = async () => {
      const ray = logs === null ? [] : await rayLines(logs, world.env);
      // Where Ray is the cause, half of the room is its own.
      const first = ray.slice(0, lines / 2);
      push({ kind: 'tailRead', epoch, lines: [...first, ...lastLines().slice(-(lines - first.length))] });
    };
    setTimeout(() => void read(), lastWordsMs);
  };
  return { spawn, signal, scan, sweep, readTail, lastLines };
}
