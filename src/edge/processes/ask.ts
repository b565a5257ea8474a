// Asks a program a question: its output whole, within a bound of time and size, and never waits for one that does not end.
export type Answer =
  | { readonly ok: true; readonly stdout: string; readonly stderr: string }
  | { readonly ok: false; readonly stdout: string; readonly stderr: string; readonly why: string };

export type AskBounds = { readonly timeoutMs: number; readonly maxBytes: number };

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
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), bounds.timeoutMs);
  });
  const result = await Promise.race([child, late]).finally(() => clearTimeout(timer));
  if (result !== null) return answerOf(result, bounds);
  // One that does not even die of SIGKILL (a driver call that never returns) must hold up neither us nor our end.
  child.kill('SIGKILL');
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
  return { ok: false, stdout: '', stderr: '', why: `no answer within ${bounds.timeoutMs} ms` };
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
