// The part of a plan's text that says what would be started: each word of the command, ours told from the user's.
import { placeholders, unfilled } from '#core/plan/node-env.ts';
import type { PlanDocument, ProcessSpec } from '#core/plan/plan.ts';

import { quoteWord, quoteWords } from './shell-words.ts';
import { hang } from './wrap.ts';

/** Returns lines on every process: its words, one option a line and ours marked with +, and its environment. */
export function describeProcesses(document: PlanDocument, width: number): string[] {
  const lines = document.processes.flatMap((spec) => describeProcess(spec, document, width));
  const marked = lines.some((line) => line.startsWith('  + '));
  const notes = [
    ...(marked ? ['(+ is added by vllm-launch; the rest is as given)'] : []),
    ...(document.processes.some((spec) => unfilled(spec).length > 0) ? [waiting] : []),
  ];
  return [...lines, ...notes.map((note) => hang('  ', note, width))];
}

const waiting = `(${placeholders.address} and ${placeholders.folder} are filled in at the start)`;

function describeProcess(spec: ProcessSpec, { engine }: PlanDocument, width: number): string[] {
  const after = spec.after.length === 0 ? '' : `, after ${spec.after.join(', ')}`;
  const head = spec.name === 'engine' ? `engine${after}: ${describeEngine(engine)}` : `${spec.name}${after}`;
  return [hang('  ', head, width), ...argumentLines(spec.argv, engine.command), ...envLines(spec, width)];
}

const profiles = { dynamo: 'a Dynamo worker', vllm: 'vLLM', command: 'any command' } as const;

function describeEngine({ profile, version, mode, sizes }: PlanDocument['engine']): string {
  const { tp, pp, dp, world } = sizes;
  const known = ![tp, pp, dp, world].includes(null);
  const size = known ? `, TP ${tp} x PP ${pp} x DP ${dp}, ${world} GPUs for one replica` : '';
  const stated = version === null ? '' : ` ${version}`;
  return `${profiles[profile]}${stated}${mode === null ? '' : `, ${mode}`}${size}`;
}

type Line = { readonly ours: boolean; readonly words: readonly string[] };

/** One option and its values a line; the command itself, up to the first option, is the first line. */
function argumentLines(argv: readonly string[], given: readonly string[]): string[] {
  const ours = markOurs(argv, given);
  const lines: Line[] = [];
  for (const [index, word] of argv.entries()) {
    const mine = ours[index] !== false;
    const last = lines.at(-1);
    const goesOn = last !== undefined && last.ours === mine && (!word.startsWith('-') || index < commandLength(argv));
    if (goesOn) lines.splice(-1, 1, { ours: mine, words: [...last.words, word] });
    else lines.push({ ours: mine, words: [word] });
  }
  return lines.map(
    ({ ours: mine, words }, index) => `  ${mine ? '+' : ' '} ${index === 0 ? '' : '    '}${quoteWords(words)}`,
  );
}

/** `python3 -m module` is one command though it has an option in it. */
const commandLength = (argv: readonly string[]): number => (argv[1] === '-m' ? 3 : 1);

/** Tells of each word whether we added it. The user's words stand in it as one piece, at most without the name of the program. */
export function markOurs(argv: readonly string[], given: readonly string[]): boolean[] {
  for (let skipped = 0; skipped <= Math.min(longestName, given.length - 1); skipped++) {
    const piece = given.slice(skipped);
    const start = argv.findIndex((_, index) => piece.every((word, offset) => argv[index + offset] === word));
    if (start >= 0) return argv.map((_, index) => index < start || index >= start + piece.length);
  }
  return argv.map(() => true);
}

/** `python3 -m module`: what the rehearsal engine stands in for. */
const longestName = 3;

function envLines({ env }: ProcessSpec, width: number): string[] {
  const set = Object.entries(env.set).map(([name, value]) =>
    value === null ? `${name} (value not known yet)` : `${name}=${quoteWord(value)}`,
  );
  return [
    ...set.map((line, index) => `    ${index === 0 ? 'sets    ' : '        '}${line}`),
    ...(env.unset.length === 0 ? [] : [hang('    unsets  ', env.unset.join(', '), width)]),
  ];
}
