// Lines of several children in one stream, each with its child's mark in front. Work is done once for each chunk, not for each line; latin1
// keeps every byte as it is (typescript.md 5.3: 386 MB/s against 30 for work by line).

export type Prefix = {
  /** Returns the marked lines that are complete with this chunk, or null while there are none. */
  readonly push: (chunk: Uint8Array) => Buffer | null;
  /** Returns what was left of an unfinished line, marked and ended. */
  readonly end: () => Buffer | null;
};

const openLineBytes = 65_536;

/** Returns what puts `mark` before every line; a line longer than 64 KiB is broken into several. */
export function openPrefix(mark: string): Prefix {
  const before = Buffer.from(mark).toString('latin1');
  let open = '';
  const marked = (lines: string): Buffer =>
    Buffer.from(`${before}${lines.replaceAll('\n', `\n${before}`)}\n`, 'latin1');
  const end = () => {
    const line = open;
    open = '';
    return line === '' ? null : marked(line);
  };
  return {
    push: (chunk) => {
      const text = open + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
      const last = text.lastIndexOf('\n');
      open = text.slice(last + 1);
      if (last !== -1) return marked(text.slice(0, last));
      return open.length > openLineBytes ? end() : null;
    },
    end,
  };
}
