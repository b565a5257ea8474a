// The one interpreter: an effect's kind to a call. A forgotten effect does not compile; whatever fails comes back as an
// event. Rooms that only some launches need (links, HTTP, digests) are loaded when their first effect comes.
import { rmSync } from 'node:fs';

import type { Effect, EffectKind, EffectOf } from '#core/supervision/effect.ts';
import type { RayAnswer } from '#core/supervision/event.ts';
import type { State } from '#core/supervision/state.ts';

import type { EngineRoom } from './engine.ts';
import type { Links } from './links.ts';
import type { Occurrence } from './loop.ts';

/** One question to Ray, until it is answered or all is over; never rejects where there is a Ray. */
export type AskRay = (asked: EffectOf<'askRay'>, over: AbortSignal) => Promise<RayAnswer>;

export type Rooms = {
  readonly engine: EngineRoom;
  readonly links: Links;
  readonly say: (level: EffectOf<'say'>['level'], message: string) => void;
  readonly writeTermination: (state: State) => void;
  readonly finish: (code: number) => void;
  readonly push: (event: Occurrence) => void;
  readonly askRay: AskRay;
};

type Performer = { readonly [K in EffectKind]: (effect: EffectOf<K>, state: State) => void | Promise<void> };

const probeTimeoutMs = 4_000;
const peerProbeTimeoutMs = 1_000;
const lookupTimeoutMs = 5_000;
const reachTimeoutMs = 4_000;

/** Returns the function that performs effects; it never throws. */
export function openPerformer(rooms: Rooms): (effect: Effect, state: State) => void {
  const over = new AbortController();
  // A question to a program is no reason to stay, nor may it outlive us.
  const finish = (code: number) => {
    over.abort();
    rooms.finish(code);
  };
  const performer = performers({ ...rooms, finish }, over.signal);
  return (effect, state) => {
    const perform = performer[effect.kind] as (effect: Effect, state: State) => void | Promise<void>;
    const failed = (error: unknown) => rooms.push({ kind: 'effectFailed', effect: effect.kind, reason: String(error) });
    try {
      void Promise.resolve(perform(effect, state)).catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}

function performers(
  { engine, links, say, writeTermination, finish, push, askRay }: Rooms,
  over: AbortSignal,
): Performer {
  return {
    say: ({ level, message }) => say(level, message),
    resolveName: async (effect) => push(await resolveName(effect)),
    tryServices: async (effect) => push({ kind: 'servicesTried', reasons: await tryServices(effect) }),
    openListener: ({ port }) => links.listen(port),
    closeListener: () => links.closeListener(),
    openLink: ({ host, port }) => links.dial(host, port),
    sendFrame: ({ link, epoch, body }) => links.send(link, epoch, body),
    sendHello: async ({ link, key, hello, fields }) => {
      const { digestFields } = await import('./group/digest.ts');
      links.send(link, null, { kind: 'hello', hello: { ...hello, fields: digestFields(key, fields) } });
    },
    closeLink: ({ link }) => links.close(link),
    probePeer: async ({ rank, host, port }) => {
      const { probePeer } = await import('./group/probe-peer.ts');
      push({ kind: 'peerProbed', rank, answer: await probePeer(host, port, peerProbeTimeoutMs) });
    },
    spawnChild: ({ epoch, spec }) => engine.spawn(epoch, spec),
    signalProcess: (effect) => engine.signal(effect),
    scanProcesses: (effect) => engine.scan(effect),
    sweepTree: (effect) => engine.sweep(effect),
    probeEngine: async ({ epoch, targets }) => {
      const { getStatus } = await import('#edge/network/http.ts');
      const ask = targets.map(({ host, port, path }) => getStatus(host, port, path, probeTimeoutMs));
      push({ kind: 'engineProbed', epoch, answers: await Promise.all(ask) });
    },
    askRay: async (asked) => push({ kind: 'rayAnswered', epoch: asked.epoch, ...(await askRay(asked, over)) }),
    readTail: ({ epoch, ray }) => engine.readTail(epoch, ray),
    removeRayFolder: ({ path }) => removeFolder(path, say),
    writeTermination: (_, state) => writeTermination(state),
    finish: ({ code }) => finish(code),
  };
}

async function resolveName({ host }: EffectOf<'resolveName'>): Promise<Occurrence> {
  const { resolveLeader } = await import('./network/resolve.ts');
  const found = await resolveLeader(host, lookupTimeoutMs);
  return 'reason' in found ? { kind: 'nameUnresolved', reason: found.reason } : { kind: 'nameResolved', ...found };
}

async function tryServices({ services }: EffectOf<'tryServices'>): Promise<(string | null)[]> {
  const { reachAny } = await import('./network/reach.ts');
  const tried = await Promise.all(services.map(({ places }) => reachAny(places, reachTimeoutMs)));
  return tried.map((one) => ('at' in one ? null : [...new Set(one.reasons)].join(', ')));
}

function removeFolder(path: string, say: Rooms['say']): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    say('warn', `cannot remove Ray's folder ${path}: ${String(error)}; remove it by hand`);
  }
}
