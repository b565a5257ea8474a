import { pino } from 'pino';

import {
  oneLine,
  openPlainLogger,
  sayOnStderr,
  type Level,
  type LogContext,
  type LogFields,
  type Logger,
} from './plain-logger.ts';

// Our own log: JSON lines by pino, or text. pino gets a stream of ours, so that it opens none: its own would make the shared stdout
// non-blocking under a child that inherited it (pid1.md section 7).

export type { Level, LogFields, Logger } from './plain-logger.ts';

export type LoggerOptions = {
  readonly format: 'json' | 'text';
  readonly level: Level;
  /** Fields of every JSON line, such as the incarnation. */
  readonly base: LogFields;
};

/** Returns a logger to stderr; JSON lines carry `name`, `time`, `level`, `msg`, the base fields, rank and epoch. */
export function openLogger(
  { format, level, base }: LoggerOptions,
  write: (line: string) => void = sayOnStderr,
): Logger {
  if (format === 'text') return openPlainLogger(level, write);
  const root = pino(
    {
      level,
      base: { name: 'vllm-launch', ...base },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  let context: LogContext = {};
  return {
    say: (at, message, fields = {}) => root[at]({ ...context, ...fields }, oneLine(message)),
    setContext: (more) => {
      context = { ...context, ...more };
    },
  };
}
