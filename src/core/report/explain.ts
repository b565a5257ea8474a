// What an exit status means, in words: the table's rows, deaths by signal, and the codes that are a program's own.
import { exitCodes, exitName } from '#core/errors.ts';
import type { ExitName } from '#core/errors.ts';
import { signalName } from '#upstream/signals.ts';

import { whatToDo, whatToDoAboutSignal } from './what-to-do.ts';
import { hang } from './wrap.ts';

/** Returns what an exit status of 0 to 255 means, who decided it, whether to retry and what to do, as lines of text. */
export function explainExit(code: number, width: number): string {
  const name = exitName(code);
  const signal = signalName(code - 128);
  const parts = [...(name === null ? [] : [ours(name)]), ...(signal === null ? [] : [death(code, signal)])];
  const all = parts.length === 0 ? [own(code)] : parts;
  return `${all.map((part) => renderPart(part, width)).join('\n\nor\n\n')}\n`;
}

type Part = {
  readonly title: string;
  readonly decided: string;
  readonly retry: string;
  readonly steps: readonly string[];
};

const retries: Readonly<Record<string, string>> = {
  '-': 'there is nothing to retry',
  no: 'no: the same start fails in the same way',
  yes: 'yes: the same start may well succeed',
  report: 'no: it is our bug',
  'another node': 'yes, on another node',
  here: 'yes, on this node',
};

function ours(name: ExitName): Part {
  const { code, meaning, retry } = exitCodes[name];
  return {
    title: `${code} ${name}: ${meaning}`,
    decided: whoDecided(name, code),
    retry: retries[retry] ?? retry,
    steps: whatToDo[name],
  };
}

function whoDecided(name: ExitName, code: number): string {
  if (name === 'stopped') return 'the launcher; under exec, the command itself, which ended with 0';
  if (code === 126 || code === 127) return 'the launcher, unless the command is itself a shell that says this';
  return "the launcher, if the termination message says decidedBy launcher; with decidedBy engine it is that program's own code";
}

const death = (code: number, signal: string): Part => ({
  title: `${code} is 128 + ${code - 128}: the deciding process died by ${signal}`,
  decided: 'the process that the termination message names, on the node that it names',
  retry: 'depends on who sent the signal',
  steps: whatToDoAboutSignal[signal] ?? ['The termination message has the last lines of the process.'],
});

const own = (code: number): Part => ({
  title: `${code} is the deciding process's own code`,
  decided: 'the process that the termination message names; the launcher passes its code on',
  retry: 'the launcher cannot know',
  steps: [
    ...(code === 1 ? ['1 is what Python gives for an exception that nobody caught: read the traceback.'] : []),
    ...(code === 2 ? ['2 is what Python gives for a command line that its parser refused: read the usage line.'] : []),
    'Read the last lines of that process in the termination message, and its documentation for the code.',
  ],
});

function renderPart({ title, decided, retry, steps }: Part, width: number): string {
  const lines = [hang('', title, width), '', hang('decided by  ', decided, width), hang('retry       ', retry, width)];
  return [
    ...lines,
    ...steps.map((step, index) => hang(index === 0 ? 'what to do  ' : '            ', step, width)),
  ].join('\n');
}
