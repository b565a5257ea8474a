// What every story is given besides its command: the machine's variables, the signals, and the way out for text.
import type { Command } from '#cli/command.ts';

import type { YamlReading } from '#core/yaml.ts';

import type { SignalQueue } from './signals.ts';

export type Context = {
  /** The words that start this program again: Node and its script. */
  readonly program: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly signals: SignalQueue;
  /** Resolves when the text has left the process; rejects where it cannot be written. */
  readonly stdout: (text: string) => Promise<void>;
  readonly stderr: (text: string) => Promise<void>;
  /** Parses YAML with the second bundle's parser, which few launches need. */
  readonly readYaml: (text: string) => Promise<YamlReading>;
  /** Columns of the terminal on stdout, null where stdout is none. */
  readonly terminalWidth: () => number | null;
};

/** The command of one kind. */
export type CommandOf<K extends Command['kind']> = Extract<Command, { readonly kind: K | Command['kind'] }> & {
  readonly kind: K;
};

/** One verb: does what the command says and resolves to the exit status. */
export type Story<K extends Command['kind']> = (command: CommandOf<K>, context: Context) => Promise<number>;
