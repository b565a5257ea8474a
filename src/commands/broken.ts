// The net under the loop: an exception of our own that nobody caught must not leave an engine behind. The machine is told
// first and ends the group in order; what breaks after that is answered by the shortest way, which asks no machine.
import { setTimeout as wait } from 'node:timers/promises';

import { exitCode } from '#core/errors.ts';
import { idsOf } from '#core/supervision/ledger.ts';
import type { State } from '#core/supervision/state.ts';
import type { Loop } from '#edge/loop.ts';
import { sweepTree } from '#edge/processes/sweep.ts';

type Net = {
  readonly loop: Loop;
  readonly say: (level: 'error', message: string) => void;
  readonly finish: (code: number) => void;
};

const passMs = 50;
const passes = 100;

/** Catches what nobody caught, from now on; returns the function that takes the net away. */
export function openNet({ loop, say, finish }: Net): () => void {
  let broken = 0;
  const caught = (error: unknown) => {
    broken += 1;
    const reason = error instanceof Error ? error.message : String(error);
    if (broken === 1) loop.push({ kind: 'launcherBroke', reason });
    if (broken !== 2) return;
    say('error', `cannot stop in order: internal error: ${reason}; killing everything; please report it`);
    const state = loop.state();
    loop.close();
    void killAll(state).finally(() => finish(exitCode('internal')));
  };
  process.on('uncaughtException', caught);
  return () => process.off('uncaughtException', caught);
}

/** Two empty looks in a row are the end, or five seconds. */
async function killAll(state: State): Promise<void> {
  let known = 'engine' in state ? idsOf(state.engine.ledger) : [];
  for (let pass = 0, empty = 0; pass < passes && empty < 2; pass += 1) {
    const { survivors } = await sweepTree(known, 'SIGKILL');
    known = survivors;
    empty = survivors.length === 0 ? empty + 1 : 0;
    await wait(passMs);
  }
}
