// A plan as a person reads it at 3 a.m.: what would happen, and if it would be refused that first; then who, why, what, when.
import { exitCodes } from '#core/errors.ts';
import type { ExitName } from '#core/errors.ts';
import { renderDuration } from '#core/options.ts';
import type { Gate, Outcome, PlanDocument } from '#core/plan/plan.ts';

import { describeProcesses } from './plan-processes.ts';
import { describeBackend, describeNode } from './plan-reasons.ts';
import { columns, hang } from './wrap.ts';

export type PlanTextOptions = { readonly width: number; readonly rehearsal?: boolean };

/** Returns the plan as text of at most `width` columns, words of commands apart; what it shows of secrets is the caller's choice. */
export function renderPlan(document: PlanDocument, { width, rehearsal = false }: PlanTextOptions): string {
  const paragraphs = [
    ...verdict(document, rehearsal, width),
    titled('Who this node is', describeNode(document, width)),
    titled('Backend', describeBackend(document, width)),
    titled('What starts here', describeProcesses(document, width)),
    titled(
      'Waits, in this order',
      document.gates.map((gate, index) => describeGate(gate, index, width)),
    ),
    titled('Deadlines', describeDeadlines(document, width)),
    titled('Ports', describePorts(document, width)),
    titled('Warnings', describeWarnings(document, width)),
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`;
}

const titled = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [title, ...lines].join('\n');

function verdict(document: PlanDocument, rehearsal: boolean, width: number): string[] {
  const mark = rehearsal ? ['REHEARSAL: the rehearsal engine runs in place of the real one; it computes nothing.'] : [];
  const [first] = document.errors;
  if (first === undefined) return [hang('', [...mark, summary(document)].join(' '), width)];
  const count = document.errors.length === 1 ? 'One problem' : `${document.errors.length} problems`;
  const refused = `REFUSED: nothing would be started; run would exit with ${first.code} (${first.name}). ${count}:`;
  const lines = document.errors.flatMap(({ message, hint }, index) => [
    hang(`  ${index + 1}. `, message, width),
    ...(hint === '' ? [] : [hang('     do: ', hint, width)]),
  ]);
  return [[...[...mark, refused].map((line) => hang('', line, width)), ...lines].join('\n')];
}

const meanings: Readonly<Record<Outcome, string>> = {
  single: 'The command runs untouched, on this node alone.',
  mp: "One engine spans the nodes, by vLLM's own processes (mp).",
  ray: 'One engine spans the nodes, by Ray.',
  'elastic-ep': 'One engine runs on a Ray cluster and can grow and shrink (elastic EP).',
  'data-parallel': 'Every node runs its share of the data-parallel ranks.',
  replicas: 'Every node runs the command untouched, as a replica of its own.',
};

function summary({ identity, decision }: PlanDocument): string {
  const { rank, size } = identity;
  const who =
    rank === null || size === null || size === 1
      ? 'This is a node by itself.'
      : `This is node ${rank} of ${size}, ${place(rank)}.`;
  return decision.outcome === null ? who : `${who} ${meanings[decision.outcome]}`;
}

const place = (rank: number): string => (rank === 0 ? 'the leader' : 'a worker');

const conditions: Readonly<Record<Gate['kind'], string>> = {
  dns: 'this name resolves:',
  group: 'all members have said hello at',
  tcp: 'this port accepts connections:',
  http: 'this address answers with 200:',
  'ray-nodes': 'the Ray cluster has all nodes with all their GPUs:',
  service: 'this service answers:',
  'gpu-memory': 'GPU memory is free:',
};

/** How a gate ends that does not open in time; any other: `unreachable`. */
const endings: Readonly<Partial<Record<Gate['kind'], ExitName>>> = {
  http: 'startup-timeout',
  'gpu-memory': 'gpu-memory-held',
};

function describeGate({ kind, target, deadlineMs }: Gate, index: number, width: number): string {
  const name = endings[kind] ?? 'unreachable';
  const end = `for at most ${renderDuration(deadlineMs)}, then exit ${exitCodes[name].code} (${name})`;
  return hang(`  ${index + 1}. `, `until ${conditions[kind]} ${target}, ${end}`, width);
}

function describeDeadlines({ decision, deadlines, engine, identity }: PlanDocument, width: number): string[] {
  if (decision.outcome === null) return [];
  const after = (name: keyof PlanDocument['deadlines']) => renderDuration(deadlines[name]);
  const start = `ready within ${after('startup')} of the engine's start, else exit ${exitCodes['startup-timeout'].code}`;
  const loss = `a member that cannot be reached for ${after('peer')} is lost, exit ${exitCodes['peer-lost'].code}`;
  const stop = `SIGTERM, up to ${after('drain')} to drain; after ${after('grace')} the whole tree is killed`;
  const rows: (readonly [boolean, string, string])[] = [
    [engine.profile !== 'command', 'start', start],
    [(identity.size ?? 1) > 1, 'loss', loss],
    [true, 'stop', stop],
  ];
  return [
    columns(
      rows.flatMap(([holds, name, text]) => (holds ? [[name, text] as const] : [])),
      width,
    ),
  ];
}

function describePorts({ ports }: PlanDocument, width: number): string[] {
  const known = Object.entries(ports).flatMap(([name, port]) => (port === null ? [] : [`${name} ${port}`]));
  return known.length === 0 ? [] : [hang('  ', known.join(', '), width)];
}

const describeWarnings = ({ warnings }: PlanDocument, width: number): string[] =>
  warnings.map(({ code, message }) => hang('  - ', `${message} [${code}]`, width));
