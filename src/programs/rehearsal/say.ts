// Lines in the engine's manner, so that what reads an engine's log can be rehearsed; `[rehearsal]` stands where vLLM names its source file.

type Level = 'INFO' | 'WARNING' | 'ERROR';

const two = (n: number) => String(n).padStart(2, '0');

const stamp = (now: Date) =>
  `${two(now.getMonth() + 1)}-${two(now.getDate())} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;

/** Prints one log line on stdout, as vLLM's logger does: `(EngineCore pid=7) INFO 11-21 10:00:39 [rehearsal] ...`. */
export const say = (who: string, text: string, level: Level = 'INFO'): void => {
  process.stdout.write(`(${who} pid=${process.pid}) ${level} ${stamp(new Date())} [rehearsal] ${text}\n`);
};

/** Ends this process with `code` once all it has printed is written, doing `last` in the moment of its end. */
export const finish = (code: number, last: () => void = () => undefined): void => {
  const end = (): never => {
    last();
    return process.exit(code);
  };
  process.stdout.write('', () => process.stderr.write('', end));
};

/** Keeps printing and living when whoever reads our output goes away, as Python's logging does. */
export const outliveReaders = (): void => {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
};
