// The group as a table, for a person: who is in and since when, what is waited for, what happened.
import { exitName } from '#core/errors.ts';
import type { Cause } from '#core/group/cause.ts';
import { printable } from '#core/text.ts';

import { renderAge } from './age.ts';
import { renderRanks } from './ranks.ts';
import type { StatusDocument, StatusMember, StatusWait } from './status-document.ts';

/** Returns a status document as lines of text, the leader first; what came from other members is printable ASCII. */
export function renderStatus(document: StatusDocument): string {
  const { members, nowMs, waiting, cause } = document;
  const rows = members.toSorted((a, b) => a.rank - b.rank).map((member) => memberRow(member, nowMs));
  const lines = [
    ...(document.rehearsal ? ['REHEARSAL: the engine is a stand-in that computes nothing'] : []),
    headline(document),
    `${plain(document.phase)} for ${renderAge(phaseAgeMs(document))}, ${readiness(document)}`,
    '',
    ...renderTable([['RANK', 'HOST', 'PHASE', 'SINCE', 'GPUS', 'HEARD', 'CAUSE'], ...rows]),
    ...rayLines(document),
    ...waiting.flatMap((wait) => waitLines(wait, nowMs)),
    ...(cause === null ? [] : causeLines(cause)),
  ];
  return `${lines.join('\n')}\n`;
}

const plain = (text: string): string => printable(text, 300);

function headline({ identity, decision, epoch, mode }: StatusDocument): string {
  const { group, size, rank, role } = identity;
  const what = decision.outcome === null ? 'undecided' : `${decision.outcome} (rule ${decision.rule ?? 'none'})`;
  const who = role === 'single' || rank === null ? 'on its own' : `asked rank ${rank} (${role ?? 'no role'})`;
  const does = mode === null ? '' : `, ${mode}`;
  const start = epoch === null ? 'not started' : `start ${epoch.counter}`;
  return plain(`group ${group ?? '(no name)'}: ${size ?? '?'} nodes, ${what}${does}, ${start}, ${who}`);
}

const phaseAgeMs = ({ phases, nowMs }: StatusDocument): number => nowMs - (phases.at(-1)?.sinceMs ?? nowMs);

// A reason that says no more than the word itself is left out.
const readiness = ({ ready, reason }: StatusDocument): string =>
  ready ? (reason === 'ready' ? 'ready' : `ready: ${plain(reason)}`) : `not ready: ${plain(reason)}`;

const memberRow = (member: StatusMember, nowMs: number): readonly string[] => [
  String(member.rank),
  plain(member.host ?? '-'),
  member.phase === null ? 'missing' : plain(member.phase),
  member.sinceMs === null ? '-' : renderAge(nowMs - member.sinceMs),
  member.gpus === null ? '-' : String(member.gpus),
  member.heardMsAgo === null ? '-' : renderAge(member.heardMsAgo),
  member.cause === null ? '-' : `${member.cause.kind}: ${plain(member.cause.message)}`,
];

function renderTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const othersSaid = 8;
const noNodes = {
  wire: "nodes are the leader's to say",
  cli: 'its GCS cannot be read, it is asked by `ray status`, which names no nodes',
  health: 'its GCS cannot be read, it is asked only whether it serves',
};

function rayLines({ ray, waiting }: StatusDocument): string[] {
  if (ray === null) return [];
  const said =
    ray.waiting === null || waiting.some(({ gate }) => gate === 'ray-nodes') ? [] : [`  ${plain(ray.waiting)}`];
  return ['', plain(`Ray at ${ray.address}: ${rayNodes(ray)}`), ...said];
}

function rayNodes({ nodes, means }: NonNullable<StatusDocument['ray']>): string {
  if (nodes.length === 0) return noNodes[means];
  const alive = nodes.filter(({ state }) => state === 'alive');
  const gpus = alive.reduce((sum, node) => sum + node.gpus, 0);
  const others = nodes.filter(({ state }) => state !== 'alive').map(({ ip, state }) => `${ip} ${state}`);
  const more = others.length > othersSaid ? [`and ${others.length - othersSaid} more`] : [];
  return [`${alive.length} nodes alive with ${gpus} GPUs`, ...others.slice(0, othersSaid), ...more].join(', ');
}

function waitLines({ gate, target, missing, sinceMs, deadlineMs }: StatusWait, nowMs: number): string[] {
  const left = deadlineMs === null ? '' : `, ${renderAge(deadlineMs - nowMs)} left`;
  const who = missing.length === 0 ? [] : [`  missing rank ${renderRanks(missing)}`];
  return ['', `waiting for ${plain(gate)}: ${plain(target)}, for ${renderAge(nowMs - sinceMs)}${left}`, ...who];
}

function causeLines(cause: Cause): string[] {
  const { kind, rank, host, process, pid, code, decidedBy, message, lastLines } = cause;
  const name = decidedBy === 'launcher' ? exitName(code) : null;
  const where = [
    ...(rank === null ? [] : [`rank ${rank}`]),
    ...(host === null ? [] : [`on ${host}`]),
    ...(process === null ? [] : [`in ${process}${pid === null ? '' : ` (pid ${pid})`}`]),
  ];
  return [
    '',
    plain(`cause: ${kind}${where.length === 0 ? '' : `, ${where.join(' ')}`}: ${message}`),
    `exit status ${code}${name === null ? '' : ` ${name}`}, decided by the ${decidedBy}`,
    ...lastLines.slice(-20).map((line) => `  | ${plain(line)}`),
  ];
}
