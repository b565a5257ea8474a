// A group of two as its leader shows it, ready or not; tests change what they are about.
import { launcherCause } from '#core/group/cause.ts';
import type { StatusDocument, StatusMember, StatusView } from '#core/report/status-document.ts';

export const now = 1_800_000_000_000;

export const cause = launcherCause('peer-lost', 'peer-lost', 'rank 1 on node-1 is unreachable', {
  rank: 1,
  host: 'node-1',
  lastLines: ['the last line'],
  seenBy: 0,
});

export const member = (rank: number, change: Partial<StatusMember> = {}): StatusMember => ({
  rank,
  host: `node-${rank}`,
  phase: 'ready',
  ready: true,
  sinceMs: now - 303_000,
  gpus: 8,
  heardMsAgo: rank === 0 ? null : 120,
  cause: null,
  ...change,
});

export const sample = (change: Partial<StatusDocument> = {}): StatusDocument => ({
  schema: 1,
  nowMs: now,
  identity: {
    source: 'options',
    role: 'leader',
    rank: 0,
    size: 2,
    leader: { host: 'node-0', port: 9441, via: '--leader' },
    group: 'demo',
    generation: null,
    nodes: null,
    claims: [{ source: 'options', complete: true, used: true, why: 'given' }],
  },
  decision: { outcome: 'mp', executor: 'mp', rule: 'default', annotation: null, reason: 'nothing says otherwise' },
  mode: null,
  phase: 'ready',
  phases: [
    { phase: 'opening', sinceMs: now - 400_000 },
    { phase: 'ready', sinceMs: now - 303_000 },
  ],
  ready: true,
  reason: 'ready',
  epoch: { leader: 'a1', counter: 1 },
  members: [member(1), member(0)],
  engine: { profile: 'vllm', version: '0.31.0', pids: [42], argv: ['vllm', 'serve', 'm'] },
  gpus: { count: 8, source: '/dev/nvidia0 to 7' },
  ray: null,
  cause: null,
  restarts: 0,
  waiting: [],
  rehearsal: false,
  tail: null,
  ...change,
});

export const view = (change: Partial<StatusView> = {}): StatusView => ({
  live: { ok: true, reason: 'alive' },
  ready: { ok: false, reason: 'waiting for group all 2 members, missing rank 1' },
  started: { ok: false, reason: 'not started' },
  status: sample(),
  tail: () => ['INFO ready'],
  ...change,
});
