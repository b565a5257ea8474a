// Asks a program a question: its output whole, within a bound of time and size, and never waits for one that does not end.
export type Answer =
  | { readonly ok: true; readonly stdout: string; readonly stderr: string }
  | { readonly ok: false; readonly stdout: string; readonly stderr: string; readonly why: string };

export type AskBounds = {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** The whole environment; by default our own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Calls the question off. */
  readonly over?: AbortSignal;
};

/** Returns what a program prints, or why it gave no answer: not there, a code other than 0, too slow, too much. Never rejects. */
export async function ask(file: string, args: readonly string[], bounds: AskBounds): Promise<Answer> {
  // Loaded only here: most starts ask nothing.
  const { execa } = await import('execa');
  const child = execa(file, args, {
    reject: false,
    stdin: 'ignore',
    maxBuffer: bounds.maxBytes,
    // execa's clean-up would answer signals for the whole process.
    cleanup: false,
    // A group of its own, so that it can be killed with what it started.
    detached: true,
    ...(bounds.env === undefined ? {} : { env: bounds.env, extendEnv: false }),
  });
  const { why, forget } = noAnswer(bounds);
  const result = await Promise.race([child, why]).finally(forget);
  if (typeof result !== 'string') return answerOf(result, bounds);
  killGroup(child);
  // One that does not even die of SIGKILL (a driver call that never returns) must hold up neither us nor our end.
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
  return { ok: false, stdout: '', stderr: '', why: result };
}

type NoAnswer = { readonly why: Promise<string>; readonly forget: () => void };

function noAnswer({ timeoutMs, over }: AskBounds): NoAnswer {
  let forget: () => void = () => undefined;
  const why = new Promise<string>((resolve) => {
    const callOff = () => resolve('it was called off');
    const timer = setTimeout(() => resolve(`no answer within ${timeoutMs} ms`), timeoutMs);
    over?.addEventListener('abort', callOff);
    forget = () => {
      clearTimeout(timer);
      over?.removeEventListener('abort', callOff);
    };
    if (over?.aborted === true) callOff();
  });
  return { why, forget };
}

type Asked = {
  readonly pid?: number | undefined;
  readonly exitCode: number | null;
  readonly signalCode: string | null;
};

// The number of a group is that of its first process, and nobody else's for as long as that one is not reaped.
function killGroup({ pid, exitCode, signalCode }: Asked): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    return; // it ended in this moment
  }
}

type Ended = {
  readonly failed: boolean;
  readonly isMaxBuffer: boolean;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
  readonly stdout: unknown;
  readonly stderr: unknown;
};

function answerOf(result: Ended, { maxBytes }: AskBounds): Answer {
  const [stdout, stderr] = [textOf(result.stdout), textOf(result.stderr)];
  if (!result.failed) return { ok: true, stdout, stderr };
  const why = result.isMaxBuffer
    ? `it prints more than ${maxBytes} bytes`
    : result.exitCode !== undefined
      ? `exit code ${result.exitCode}`
      : (result.signal ?? result.code ?? 'it could not be started');
  return { ok: false, stdout, stderr, why };
}

const textOf = (output: unknown): string => (typeof output === 'string' ? output : '');
