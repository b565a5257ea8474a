// What a command line means. Everything behind main works on these values and never sees the words again.
import type { Problem } from '#core/errors.ts';
import type { OptionOrigins, Options } from '#core/options.ts';

/** What every command has. */
export type Given = {
  readonly options: Options;
  readonly origins: OptionOrigins;
  /** The words after `--`, byte for byte; empty where the command takes none. */
  readonly argv: readonly string[];
  /** Names of VLLM_LAUNCH_ variables that are no option of ours. */
  readonly ignoredVariables: readonly string[];
};

export type Question = 'live' | 'ready' | 'startup';
export type Shell = 'bash' | 'zsh';

export type Command =
  | (Given & { readonly kind: 'run' | 'plan' | 'check' | 'exec' | 'local' | 'status' | 'webhook' })
  | (Given & { readonly kind: 'probe'; readonly question: Question })
  | (Given & { readonly kind: 'explain'; readonly what: 'exit'; readonly code: number })
  | (Given & { readonly kind: 'completion'; readonly shell: Shell });

/** A command, a text to print and be done, or what is wrong with the words (exit status 64). */
export type Parsed =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'print'; readonly text: string; readonly code: 0 }
  | { readonly kind: 'usage'; readonly problems: readonly Problem[] };
