import { cutText } from '#core/text.ts';

import { outletOf } from './outlet.ts';

// Our own log as text, for terminals and for `exec`, which does without pino. Each line begins with who speaks, so that it is told apart from
// the engine's.

export type Level = 'debug' | 'info' | 'warn' | 'error';

export type LogContext = { readonly rank?: number | null; readonly epoch?: number | null };

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export type Logger = {
  /** Writes a line to stderr; never throws, never waits for long. */
  readonly say: (level: Level, message: string, fields?: LogFields) => void;
  /** Sets what every later line carries; what is not named stays. */
  readonly setContext: (context: LogContext) => void;
};

const levels: readonly Level[] = ['debug', 'info', 'warn', 'error'];
const messageLength = 8_192;

/** Returns a logger that writes lines like `vllm-launch[1] 12:00:01 waiting for rank 0`, with local time. */
export function openPlainLogger(level: Level, write: (line: string) => void = sayOnStderr): Logger {
  let context: LogContext = {};
  return {
    say: (at, message, fields = {}) => {
      if (isSaid(at, level)) write(`${head(context)} ${timeOf(new Date())} ${textOf(at, message, fields)}\n`);
    },
    setContext: (more) => {
      context = { ...context, ...more };
    },
  };
}

/** Tells whether a message of this level is said by a logger of that level. */
export const isSaid = (at: Level, level: Level): boolean => levels.indexOf(at) >= levels.indexOf(level);

/** Returns a message on one line, bounded. */
export const oneLine = (message: string): string =>
  cutText(message, messageLength)
    .replaceAll(/[\r\n]+\s*/g, ' | ')
    .replaceAll(/\p{Cc}/gu, ' ');

/** Writes a line of ours to stderr. */
export function sayOnStderr(line: string): void {
  outletOf('stderr').say(line);
}

const head = ({ rank = null, epoch = null }: LogContext): string =>
  `vllm-launch${rank === null ? '' : `[${rank}]`}${epoch === null ? '' : ` #${epoch}`}`;

const timeOf = (date: Date): string => date.toTimeString().slice(0, 8);

function textOf(level: Level, message: string, fields: LogFields): string {
  const said = level === 'warn' ? 'warning: ' : level === 'error' ? 'error: ' : '';
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${String(value)}`);
  return oneLine(`${said}${message}${rest.join('')}`);
}
