// Help for people, rendered from the registry and the table of commands; yargs is not needed for it.
import { optionTable, renderDuration, variableOf } from '#core/options.ts';
import type { OptionName, OptionSpec, Section } from '#core/options.ts';
import { columns, hang, wrapText } from '#core/report/wrap.ts';

import { commandNames, commandTable } from './command-table.ts';
import type { Operand } from './command-table.ts';
import type { Command } from './command.ts';
import { optionNames, takes } from './settle.ts';
import { placeholderOf } from './value.ts';

const width = 100;
const nameColumns = 28;

/** Returns the help of a command, or of the program where `command` is null. */
export const renderHelp = (command: Command['kind'] | null): string =>
  command === null ? programHelp() : commandHelp(command);

export const sectionTitles: Readonly<Record<Section, string>> = {
  identity: 'Who this node is',
  decision: 'What runs',
  group: 'The group',
  status: 'Status',
  deadlines: 'Deadlines',
  output: 'Output and log',
  rehearsal: 'Local groups and rehearsals',
  webhook: 'The webhook',
};

const ending = [
  'Every option is also a variable: --node-rank is VLLM_LAUNCH_NODE_RANK. An option beats its variable, a variable beats the default.',
  'Durations are written 250ms, 5s, 10m, 2h.',
  'What an exit status means: vllm-launch explain exit N',
];

function programHelp(): string {
  const later = 'vllm-launch help COMMAND, or COMMAND --help, shows the options of a command.';
  return join([
    'vllm-launch starts and looks after the processes of one node of a multi-node vLLM deployment.',
    'Usage: vllm-launch COMMAND [options] [-- command args...]',
    `Commands:\n${columns(
      commandNames.map((name) => [name, commandTable[name].summary]),
      width,
    )}`,
    examples(['run', 'plan', 'local'].flatMap((name) => commandTable[name as Command['kind']].examples.slice(0, 1))),
    [later, ...ending].map((line) => wrapText(line, width)).join('\n'),
  ]);
}

function commandHelp(name: Command['kind']): string {
  const { summary, about, examples: shown } = commandTable[name];
  const { after } = commandTable[name];
  return join([
    hang(`vllm-launch ${name}: `, summary, width).replaceAll(/\n +/g, '\n'),
    `Usage: ${usageOf(name)}`,
    ...(about.length === 0 ? [] : [about.map((line) => wrapText(line, width)).join('\n')]),
    ...Object.keys(sectionTitles).flatMap((section) => sectionHelp(name, section as Section)),
    examples(shown),
    (after === 'command' ? ending : ending.slice(0, hasOptions(name) ? 2 : 0))
      .map((line) => wrapText(line, width))
      .join('\n'),
  ]);
}

/** Returns the usage line of a command. */
export function usageOf(name: Command['kind']): string {
  const { operands, after } = commandTable[name];
  const parts = ['vllm-launch', name, ...operands.map(operandText), ...(hasOptions(name) ? ['[options]'] : [])];
  return [...parts, ...(after === 'command' ? ['-- command [args...]'] : [])].join(' ');
}

const join = (parts: readonly string[]): string => `${parts.filter((part) => part !== '').join('\n\n')}\n`;

const operandText = (operand: Operand): string =>
  operand.kind === 'word' ? operand.words.join('|') : operand.placeholder;

const shownOptions = (name: Command['kind']): readonly OptionName[] =>
  optionNames.filter((option) => takes(name, option) && (optionTable[option] as OptionSpec).hidden !== true);

const hasOptions = (name: Command['kind']): boolean => shownOptions(name).length > 0;

function sectionHelp(name: Command['kind'], section: Section): string[] {
  const rows = shownOptions(name)
    .filter((option) => optionTable[option].section === section)
    .map((option) => [written(option), description(option)] as const);
  return rows.length === 0 ? [] : [`${sectionTitles[section]}:\n${rows.map(optionHelp).join('\n')}`];
}

const optionHelp = ([left, right]: readonly [string, string]): string =>
  left.length > nameColumns
    ? `  ${left}\n${hang(' '.repeat(nameColumns + 4), right, width)}`
    : hang(`  ${left.padEnd(nameColumns)}  `, right, width);

function written(option: OptionName): string {
  const spec: OptionSpec = optionTable[option];
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  return `${short}--${option}${spec.kind === 'flag' ? '' : ` ${placeholderOf(spec)}`}`;
}

function description(option: OptionName): string {
  const spec: OptionSpec = optionTable[option];
  const standard = defaultOf(spec);
  return `${spec.describe} [${standard === '' ? '' : `default: ${standard}; `}${variableOf(option)}]`;
}

/** Returns the default of an option as text, empty where it has none. */
export function defaultOf(spec: OptionSpec): string {
  if (spec.defaultText !== undefined) return spec.defaultText;
  if (spec.default === null || spec.default === false) return '';
  return spec.kind === 'duration' ? renderDuration(Number(spec.default)) : String(spec.default);
}

const examples = (rows: readonly (readonly [string, string])[]): string =>
  `Examples:\n${rows.map(([line, what]) => `  ${line}\n      ${what}`).join('\n')}`;
