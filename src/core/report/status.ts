// The state as the status server shows it: the three probes, and the whole document.
import { missingRanks } from '#core/group/group.ts';
import type { Peer } from '#core/group/peer.ts';
import { suspectMs } from '#core/group/peer.ts';
import { maskWords } from '#core/secret.ts';
import { rayMeans } from '#core/supervision/ray-view.ts';
import { isReady } from '#core/supervision/readiness.ts';
import type { Base, State } from '#core/supervision/state.ts';

import type { Check, StatusDocument, StatusMember, StatusView } from './status-document.ts';
import { waitsOf } from './waiting.ts';

const stuckMs = 5_000;
const mostMembers = 4_096;

/** Returns everything the status server can be asked. `unixMs` is the wall clock at our clock's zero. */
export function statusView(state: State, unixMs: number, tail: () => readonly string[]): StatusView {
  return {
    live: liveness(state),
    ready: readiness(state),
    started: started(state),
    status: statusDocument(state, unixMs),
    tail,
  };
}

/** Returns whether this launcher does its work; the engine's state is not its business (there is one actor). */
function liveness(state: State): Check {
  if (state.phase !== 'sweeping' || state.base.nowMs < state.killAtMs + stuckMs) return { ok: true, reason: 'alive' };
  const names = state.survivors.map((survivor) => survivor.title).join(', ');
  return { ok: false, reason: `cleaning up is stuck: ${names || 'processes'} do not go` };
}

/** Returns whether this member is ready to serve: the engine answers and every member is alive. */
export function readiness(state: State): Check {
  if (state.phase !== 'ready') return { ok: false, reason: unreadyReason(state) };
  const { base } = state;
  if (!isReady(base, state.engine, state.readiness)) {
    const why =
      base.self.rank > 0 && base.plan.fate === 'together' ? 'the leader is not ready' : 'the engine does not answer';
    return { ok: false, reason: `${why}: ${state.readiness.reason ?? 'see the leader'}` };
  }
  const silent = base.group.peers.filter((peer) => base.nowMs - peer.heardMs >= suspectMs);
  if (silent.length === 0) return { ok: true, reason: 'ready' };
  return { ok: false, reason: `rank ${silent.map((peer) => peer.rank).join(', ')} is silent` };
}

function started(state: State): Check {
  const ok = state.base.history.some((entry) => entry.phase === 'ready');
  return { ok, reason: ok ? 'started' : unreadyReason(state) };
}

function unreadyReason(state: State): string {
  const { verdict, asked } = state.base;
  if (verdict !== null) return `stopping: ${verdict.cause.message}`;
  if (asked !== null) return `stopping: asked by ${asked.by}`;
  const [wait] = waitsOf(state);
  if (wait === undefined) return state.phase;
  const missing = wait.missing.length === 0 ? '' : `, missing rank ${wait.missing.slice(0, 16).join(', ')}`;
  return `waiting for ${wait.gate} ${wait.target}${missing}`;
}

/** Returns the document of /status. */
export function statusDocument(state: State, unixMs: number): StatusDocument {
  const { base } = state;
  const { document, rehearsal } = base.plan;
  const ready = readiness(state);
  const engine = 'engine' in state ? state.engine : null;
  return {
    schema: 1,
    nowMs: Math.round(unixMs + base.nowMs),
    identity: document.identity,
    decision: document.decision,
    mode: document.engine.mode,
    phase: state.phase,
    phases: base.history.map(({ phase, atMs }) => ({ phase, sinceMs: Math.round(unixMs + atMs) })),
    ready: ready.ok,
    reason: ready.reason,
    epoch: base.epoch,
    members: membersOf(state, ready.ok, unixMs),
    engine: {
      profile: document.engine.profile,
      version: document.engine.version,
      pids: (engine?.ledger ?? []).map((entry) => entry.pid),
      argv: maskWords(document.processes.find(({ name }) => name === 'engine')?.argv ?? []),
    },
    gpus: document.gpus,
    ray: rayOf(state),
    cause: base.verdict?.cause ?? null,
    restarts: 0,
    waiting: waitsOf(state).map((wait) => ({
      ...wait,
      sinceMs: Math.round(unixMs + wait.sinceMs),
      deadlineMs: Math.round(unixMs + wait.deadlineMs),
    })),
    rehearsal,
    tail: null,
  };
}

function rayOf({ phase, base }: State): StatusDocument['ray'] {
  const { ray, plan } = base;
  if (plan.ray === null) return null;
  const nodes = (ray?.nodes ?? []).slice(0, mostMembers).map(({ ip, state, gpus }) => ({ ip, state, gpus }));
  const waiting = (phase === 'assembling' ? ray?.why : ray?.silent) ?? null;
  const address = `${plan.ray.host}:${plan.ray.port}`;
  return { address, means: rayMeans(base), cluster: ray?.cluster ?? null, waiting, nodes };
}

function membersOf(state: State, ready: boolean, unixMs: number): StatusMember[] {
  const { base } = state;
  const others = base.group.peers.map((peer) => memberOf(base, peer, unixMs));
  const own: StatusMember = {
    rank: base.self.rank,
    host: base.self.host,
    phase: state.phase,
    ready,
    sinceMs: Math.round(unixMs + (base.history.at(-1)?.atMs ?? base.nowMs)),
    gpus: base.plan.document.gpus.count,
    heardMsAgo: null,
    cause: base.verdict?.cause.rank === base.self.rank ? base.verdict.cause : null,
  };
  // A worker sees only the leader; who else is missing is the leader's to say.
  const missing = base.self.rank === 0 && base.group.role !== 'none' ? missingRanks(base.group, base.self) : [];
  const absent = missing.slice(0, mostMembers).map(absentMember);
  return [own, ...others, ...absent].toSorted((a, b) => a.rank - b.rank);
}

const memberOf = (base: Base, peer: Peer, unixMs: number): StatusMember => ({
  rank: peer.rank,
  host: peer.host,
  phase: peer.phase,
  ready: peer.ready,
  sinceMs: Math.round(unixMs + peer.sinceMs),
  gpus: peer.gpus,
  heardMsAgo: Math.max(0, Math.round(base.nowMs - peer.heardMs)),
  cause: base.verdict?.cause.rank === peer.rank ? base.verdict.cause : null,
});

const absentMember = (rank: number): StatusMember => ({
  rank,
  host: null,
  phase: null,
  ready: false,
  sinceMs: null,
  gpus: null,
  heardMsAgo: null,
  cause: null,
});
