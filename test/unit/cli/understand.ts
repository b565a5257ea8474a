// What the program understands of a command line written as one string; words are separated by single spaces.
import type { Command } from '#cli/command.ts';
import { parseWords } from '#cli/parse.ts';

export type Env = Readonly<Record<string, string>>;

/** Returns the parsed words of a line. */
export const parseLine = (line: string, env: Env = {}) => parseWords(line === '' ? [] : line.split(' '), env);

/** Returns the command that a line means; throws with the problems where it means none. */
export async function commandOfLine(line: string, env: Env = {}): Promise<Command> {
  const parsed = await parseLine(line, env);
  if (parsed.kind !== 'command') throw new Error(`no command: ${JSON.stringify(parsed)}`);
  return parsed.command;
}

/** Returns the problems of a line, `message; hint` each; throws where there are none. */
export async function problemsOfLine(line: string, env: Env = {}): Promise<readonly string[]> {
  const parsed = await parseLine(line, env);
  if (parsed.kind !== 'usage') throw new Error(`no problem: ${JSON.stringify(parsed)}`);
  return parsed.problems.map(({ name, message, hint }) => {
    if (name !== 'usage') throw new Error(`problem of another kind: ${name}`);
    return `${message}; ${hint}`;
  });
}
