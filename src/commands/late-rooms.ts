// What is said before the rooms are loaded is kept for them, so that nothing stands between the start and the child.
import type { EffectOf } from '#core/supervision/effect.ts';
import type { State } from '#core/supervision/state.ts';

import type { RunRooms } from './run-rooms.ts';

export type LateRooms = {
  readonly say: (level: EffectOf<'say'>['level'], message: string) => void;
  readonly writeTermination: (state: State) => void;
  readonly arrive: (rooms: RunRooms) => void;
  readonly rooms: Promise<RunRooms>;
};

const mostKept = 256;

/** Returns stand-ins that keep (bounded) what is said until the rooms arrive. */
export function lateRooms(): LateRooms {
  const kept: ((rooms: RunRooms) => void)[] = [];
  let here: RunRooms | null = null;
  let resolve: (rooms: RunRooms) => void = () => undefined;
  const rooms = new Promise<RunRooms>((done) => {
    resolve = done;
  });
  const tell = (what: (rooms: RunRooms) => void) => {
    if (here !== null) what(here);
    else if (kept.length < mostKept) kept.push(what);
  };
  const arrive = (arrived: RunRooms) => {
    here = arrived;
    for (const what of kept.splice(0)) what(arrived);
    resolve(arrived);
  };
  return {
    say: (level, message) => tell((room) => room.say(level, message)),
    writeTermination: (state) => tell((room) => room.writeTermination(state)),
    arrive,
    rooms,
  };
}
