import { cutText } from '#core/text.ts';

import { outletOf, type Outlet } from './outlet.ts';

// Who is waited for, while we wait: on a terminal lines that rewrite themselves, else a log line now and then.

export type Progress = {
  /** From now on log lines: a child that shares our terminal would be overwritten. */
  readonly settle: () => void;
  /** Takes the live lines away and ends. */
  readonly close: () => void;
};

export type ProgressOptions = {
  readonly terminal: boolean;
  /** Between two log lines. */
  readonly intervalMs: number;
  /** Says a log line; the view's lines come one by one. */
  readonly say: (line: string) => void;
  readonly outlet?: Outlet;
  /** Columns of the terminal; lines are cut so that none wraps. */
  readonly columns?: () => number;
};

const liveMs = 500;
const liveLines = 20;

/** Starts showing what `view` returns (no lines: nothing is waited for), until it is closed; keeps no process alive. */
export function openProgress(options: ProgressOptions, view: () => readonly string[]): Progress {
  const { say, outlet = outletOf('stderr'), columns = terminalColumns } = options;
  const show = () => {
    const lines = view();
    if (lines.length > 0 || options.terminal) drawLive(outlet, lines, columns());
  };
  const log = () => {
    for (const line of view()) say(line);
  };
  let timer = options.terminal ? every(liveMs, show) : every(options.intervalMs, log);
  const stop = () => {
    clearInterval(timer);
    if (options.terminal) drawLive(outlet, [], 0);
  };
  if (options.terminal) show();
  return {
    settle: () => {
      stop();
      timer = every(options.intervalMs, log);
    },
    close: stop,
  };
}

const every = (ms: number, callback: () => void): NodeJS.Timeout => setInterval(callback, ms).unref();

const terminalColumns = (): number => process.stderr.columns ?? 80;

function drawLive(outlet: Outlet, lines: readonly string[], columns: number): void {
  const shown = lines.slice(0, liveLines).map((line) => `${cutText(line, columns - 1)}\n`);
  // Up so many lines, then all below is cleared (ECMA-48 CUU, ED).
  outlet.sayLive(shown.join(''), shown.length === 0 ? '' : `\u001b[${shown.length}A\u001b[J`);
}
