// Text to our own stdout and stderr. Never touched before it is needed: opening them makes a shared pipe non-blocking.
import { isatty } from 'node:tty';

type Stream = 'stdout' | 'stderr';

/** Writes text and resolves when it has left the process; rejects with the system's error where it cannot. */
export async function write(stream: Stream, text: string): Promise<void> {
  const out = process[stream];
  await new Promise<void>((resolve, reject) => {
    // The error comes twice, to the callback and as an event that would be thrown: the callback's is the one that counts.
    out.on('error', reject);
    out.write(text, (error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}

/** Returns the columns of the terminal on stdout, null where stdout is none. */
export const terminalWidth = (): number | null => (isatty(1) ? process.stdout.columns : null);
