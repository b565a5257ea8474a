// The words that follow a command's name, and the command that they make.
import { exitCodes, problem } from '#core/errors.ts';
import type { Problem } from '#core/errors.ts';
import { quote } from '#core/quote.ts';

import { commandTable, operandWords } from './command-table.ts';
import type { Operand } from './command-table.ts';
import type { Command, Given, Question, Shell } from './command.ts';
import { nearest } from './spelling.ts';

export type Made = { readonly make: (given: Given) => Command } | { readonly problem: Problem };

/** Returns what makes a command of its operands and options, or what is wrong with the operands. */
export function readOperands(name: Command['kind'], words: readonly string[]): Made {
  const wrong = commandTable[name].operands.flatMap((operand, index) => checkOperand(name, operand, words[index]));
  if (wrong[0] !== undefined) return { problem: wrong[0] };
  return { make: (given) => makeCommand(name, words, given) };
}

function makeCommand(name: Command['kind'], words: readonly string[], given: Given): Command {
  switch (name) {
    case 'probe':
      return { kind: name, question: words[0] as Question, ...given };
    case 'explain':
      return { kind: name, what: 'exit', code: exitStatus(words[1] ?? '') ?? 0, ...given };
    case 'completion':
      return { kind: name, shell: words[0] as Shell, ...given };
    case 'run':
    case 'plan':
    case 'check':
    case 'exec':
    case 'local':
    case 'status':
    case 'webhook':
      return { kind: name, ...given };
  }
}

function checkOperand(name: Command['kind'], operand: Operand, word: string | undefined): Problem[] {
  const allowed = operandWords(operand);
  const example = `write, for example: ${commandTable[name].examples[0]?.[0] ?? `vllm-launch ${name} ${allowed[0]}`}`;
  const numbers = operand.kind === 'exit-status' ? 'a number from 0 to 255 or ' : '';
  const what = `${numbers}${allowed.length > 4 ? 'a name of the table' : `one of ${allowed.join(', ')}`}`;
  if (word === undefined) return [problem('usage', `cannot ${name}: ${what} is missing`, example)];
  if (operand.kind === 'exit-status' ? exitStatus(word) !== null : allowed.includes(word)) return [];
  const [meant] = nearest(word, allowed);
  const hint = meant === undefined ? example : `did you mean ${meant}?`;
  return [problem('usage', `cannot ${name} ${quote(word)}: it is not ${what}`, hint)];
}

function exitStatus(word: string): number | null {
  if (/^\d{1,3}$/.test(word)) return Number(word) <= 255 ? Number(word) : null;
  return Object.entries(exitCodes).find(([name]) => name === word)?.[1].code ?? null;
}
