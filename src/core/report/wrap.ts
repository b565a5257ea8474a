// Paragraphs for a terminal.

/** Returns text in lines of at most `width` columns, broken at spaces; lines after the first begin with `indent`. */
export function wrapText(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const margin = lines.length === 0 ? '' : indent;
    if (line !== '' && margin.length + line.length + 1 + word.length > width) {
      lines.push(margin + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, (lines.length === 0 ? '' : indent) + line].join('\n');
}

/** Returns text wrapped to `width` columns, all of it indented by the columns of `first`, which begins the first line. */
export const hang = (first: string, text: string, width: number): string =>
  first + wrapText(text, width - first.length, '').replaceAll('\n', `\n${' '.repeat(first.length)}`);

/** Returns two columns, the left one as wide as its widest cell; the right one is wrapped. */
export function columns(rows: readonly (readonly [string, string])[], width: number, indent = '  '): string {
  const left = Math.max(0, ...rows.map(([cell]) => cell.length));
  return rows.map(([cell, text]) => hang(`${indent}${cell.padEnd(left)}  `, text, width)).join('\n');
}
