// What is answered with a text at once: help and version.
import { launcherVersion } from '#core/about.ts';
import { problem } from '#core/errors.ts';
import type { Problem } from '#core/errors.ts';
import { quote } from '#core/quote.ts';

import { commandNames, laterCommands } from './command-table.ts';
import type { Command, Parsed } from './command.ts';
import { renderHelp } from './help.ts';
import { nearest } from './spelling.ts';
import type { Split } from './words.ts';

/** Returns the answer to words that only ask for help or the version, else null. */
export function answerWords({ before, after }: Split): Parsed | null {
  if (before.length === 0) return after === null ? print(renderHelp(null)) : null;
  if (before.includes('--version') || before[0] === 'version') return print(`vllm-launch ${launcherVersion}\n`);
  if (before[0] === 'help') return helpOf(before.slice(1));
  if (!before.includes('--help') && !before.includes('-h')) return null;
  return helpOf(before.filter((word) => !word.startsWith('-')));
}

/** Returns the command of this name, or null. */
export const commandNamed = (word: string): Command['kind'] | null =>
  commandNames.find((name) => name === word) ?? null;

const print = (text: string): Parsed => ({ kind: 'print', text, code: 0 });

function helpOf(words: readonly string[]): Parsed {
  const [topic] = words;
  const name = words.map(commandNamed).find((each) => each !== null);
  if (topic === undefined || name !== undefined) return print(renderHelp(name ?? null));
  return { kind: 'usage', problems: [unknownCommand(topic)] };
}

/** Returns why a word is no command, with the likely spelling. */
export function unknownCommand(word: string): Problem {
  if (laterCommands.includes(word)) {
    return problem('usage', `cannot run ${quote(word)}: not in this version`, 'see CHANGELOG.md for what is');
  }
  const [meant] = nearest(word, commandNames);
  const hint = meant === undefined ? `the commands are ${commandNames.join(', ')}` : `did you mean ${meant}?`;
  return problem('usage', `cannot understand ${quote(word)}: there is no such command`, hint);
}
