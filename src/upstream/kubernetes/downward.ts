// The kubelet's map format: one `key="value"` a line, the value as Go's %q writes it (kubelet FormatMap; strconv.Unquote).
// A value is bytes: \x and octal escapes that stand side by side are decoded as UTF-8 together.
export type DownwardMap =
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly line: number; readonly column: number; readonly message: string };

type Fault = { readonly at: number; readonly expected: string };
type Entry = { readonly key: string; readonly value: string };

/**
 * Returns the map of a downward API file, or the first place (line and column from 1) where the kubelet's format ends.
 * The kubelet writes each key once, so a second one means a file that something else wrote: it is refused, not chosen from.
 */
export function parseDownwardMap(text: string): DownwardMap {
  const values = new Map<string, string>();
  for (const [index, ending] of text.split('\n').entries()) {
    const line = ending.endsWith('\r') ? ending.slice(0, -1) : ending;
    if (line === '') continue;
    const entry = parseLine(line);
    if ('at' in entry) return fault(index, line, entry);
    if (values.has(entry.key))
      return fault(index, line, { at: 0, expected: 'expected a key that was not there before' });
    values.set(entry.key, entry.value);
  }
  return { ok: true, values };
}

const fault = (index: number, line: string, { at, expected }: Fault): DownwardMap => ({
  ok: false,
  line: index + 1,
  column: Array.from(line.slice(0, at)).length + 1,
  message: expected,
});

function parseLine(line: string): Entry | Fault {
  const equals = line.indexOf('=');
  if (equals === -1) return { at: line.length, expected: 'expected = after the key' };
  if (equals === 0) return { at: 0, expected: 'expected a key before =' };
  const key = line.slice(0, equals);
  const stray = key.search(/[\s"]/);
  if (stray !== -1) return { at: stray, expected: 'expected a key without blanks and quotes' };
  if (line[equals + 1] !== '"') return { at: equals + 1, expected: 'expected " after =' };
  const quoted = unquote(line, equals + 2);
  if ('at' in quoted) return quoted;
  if (quoted.end !== line.length)
    return { at: quoted.end, expected: 'expected the end of the line after the closing "' };
  return { key, value: quoted.value };
}

const letters: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

const badEscape =
  'expected an escape that Go reads: \\a \\b \\f \\n \\r \\t \\v \\\\ \\" \\xHH \\OOO \\uHHHH \\UHHHHHHHH';

// A run of plain text, or one escape: a byte in hexadecimal or octal, a code point, or a letter.
const pieces = String.raw`[^"\\]+|\\(?:x([\dA-Fa-f]{2})|([0-3][0-7]{2})|u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|([abfnrtv\\"]))`;

function unquote(line: string, start: number): { readonly value: string; readonly end: number } | Fault {
  const piece = new RegExp(pieces, 'y');
  let value = '';
  let bytes: number[] = [];
  let at = start;
  while (line[at] !== '"') {
    piece.lastIndex = at;
    const match = piece.exec(line);
    const read = match === null ? null : meaning(match);
    if (read === null) return { at, expected: at < line.length ? badEscape : 'expected a closing "' };
    if (typeof read === 'number') bytes.push(read);
    else {
      value += decode(bytes) + read;
      bytes = [];
    }
    at = piece.lastIndex;
  }
  return { value: value + decode(bytes), end: at + 1 };
}

/** Returns a piece as text, or as one byte, or null for a code point that does not exist. */
function meaning([text, hex, octal, short, long, letter]: RegExpExecArray): string | number | null {
  if (hex !== undefined) return Number.parseInt(hex, 16);
  if (octal !== undefined) return Number.parseInt(octal, 8);
  if (letter !== undefined) return letters[letter] ?? null;
  const point = short ?? long;
  if (point === undefined) return text ?? null;
  const code = Number.parseInt(point, 16);
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  return surrogate || code > 0x10ffff ? null : String.fromCodePoint(code);
}

// A byte order mark is part of a value, and what is no UTF-8 becomes U+FFFD, as Go shows it.
const decode = (bytes: readonly number[]): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
