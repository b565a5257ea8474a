import { cutText } from '#core/text.ts';

// The last output of a child, for the report. Chunks are kept as they came, so that a flood costs nothing but their references.

export type Source = 'stdout' | 'stderr';

export type Tail = {
  /** Keeps a chunk; the caller must not write into it afterwards. */
  readonly push: (chunk: Uint8Array, source: Source) => void;
  /** Returns the last lines, both streams in the order of arrival, made readable; a line is at most 512 characters. */
  readonly lines: (count: number) => readonly string[];
};

const keptBytes = 65_536;
const keptChunks = 1_024;
const lineLength = 512;

type Piece = { readonly chunk: Uint8Array; readonly source: Source };

/** Returns an empty tail. It keeps at least the last 64 KiB, and at most one chunk more. */
export function openTail(): Tail {
  let pieces: Piece[] = [];
  let bytes = 0;
  let trimmed = false;
  const trim = () => {
    let first = 0;
    for (
      let size = pieces[first]?.chunk.length ?? 0;
      bytes - size >= keptBytes;
      size = pieces[first]?.chunk.length ?? 0
    ) {
      bytes -= size;
      first += 1;
    }
    if (first > 0) pieces = pieces.slice(first);
    trimmed ||= first > 0;
    if (pieces.length > keptChunks) pieces = merge(pieces);
  };
  return {
    push: (chunk, source) => {
      pieces.push({ chunk, source });
      bytes += chunk.length;
      if (bytes > keptBytes || pieces.length > keptChunks) trim();
    },
    lines: (count) => readLines(pieces, trimmed).slice(-count),
  };
}

// Many small chunks cost more than their bytes: neighbours of one stream become one.
function merge(pieces: readonly Piece[]): Piece[] {
  const merged: { source: Source; chunks: Uint8Array[] }[] = [];
  for (const { chunk, source } of pieces) {
    const last = merged.at(-1);
    if (last?.source === source) last.chunks.push(chunk);
    else merged.push({ source, chunks: [chunk] });
  }
  return merged.map(({ source, chunks }) => ({ source, chunk: Buffer.concat(chunks) }));
}

// A line stands where it ended; what the other stream said in its middle does not tear it.
function readLines(pieces: readonly Piece[], trimmed: boolean): readonly string[] {
  const open: Record<Source, string> = { stdout: '', stderr: '' };
  const lines: string[] = [];
  for (const { chunk, source } of pieces) {
    const parts = (open[source] + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')).split(
      '\n',
    );
    open[source] = parts.pop() ?? '';
    lines.push(...parts);
  }
  const whole = trimmed && lines.length > 1 ? lines.slice(1) : lines;
  return [...whole, open.stdout, open.stderr].map(readable).filter((line) => line !== '');
}

// ECMA-48 control sequences, and operating system commands up to BEL or ST.
// eslint-disable-next-line no-control-regex
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]{0,512}(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

// Bytes as latin1 in, text out: of a line that was rewritten with \r only what a reader saw last.
function readable(line: string): string {
  const text = Buffer.from(line.slice(-4 * keptBytes), 'latin1')
    .toString('utf8')
    .replaceAll(escapes, '');
  const shown = text.split('\r').findLast((part) => part.trim() !== '') ?? '';
  return cutText(shown.replaceAll('\t', ' ').replaceAll(/\p{Cc}/gu, ''), lineLength).trimEnd();
}
