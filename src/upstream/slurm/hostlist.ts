// Slurm's hostlist expressions, as `scontrol show hostnames` of 24.11 expands them (test/cases/hostlist-cases.json): names of plain
// text and [ranges]. What Slurm accepts although no host has such a name (`n*`, `n[1-]`, `n1-2]`) is refused.
export type Hostlist =
  { readonly ok: true; readonly hosts: readonly string[] } | { readonly ok: false; readonly why: string };

/** The most hosts that a list may name: Slurm's own bound of one range (MAX_RANGE, 64K up to 24.11). */
export const mostHosts = 65_536;
const longestHost = 253;

type Range = { readonly low: number; readonly high: number; readonly width: number };
type Pattern = { readonly texts: readonly string[]; readonly brackets: readonly (readonly Range[])[] };
type Fault = { readonly why: string };

/** Returns the hosts of an expression in Slurm's order, duplicates kept, or why it is none or too long. */
export function expandHostlist(expression: string): Hostlist {
  const patterns: Pattern[] = [];
  for (const name of splitNames(expression)) {
    const pattern = parseName(name);
    if ('why' in pattern) return { ok: false, why: pattern.why };
    patterns.push(pattern);
  }
  const count = patterns.reduce((sum, pattern) => sum + countOf(pattern), 0);
  if (count === 0) return { ok: false, why: 'it names no host' };
  if (count > mostHosts) return { ok: false, why: `it names ${sayCount(count)} hosts, more than ${mostHosts}` };
  return { ok: true, hosts: patterns.flatMap(hostsOf) };
}

const sayCount = (count: number): string =>
  count > Number.MAX_SAFE_INTEGER ? `more than ${Number.MAX_SAFE_INTEGER}` : String(count);

/** Names end at a comma or a blank outside brackets; runs of those count once. */
function splitNames(expression: string): string[] {
  const names: string[] = [];
  let inside = false;
  let start = 0;
  for (let at = 0; at < expression.length; at += 1) {
    const character = expression[at] ?? '';
    if (character === '[' || character === ']') inside = character === '[';
    if (inside || !', \t\n'.includes(character)) continue;
    names.push(expression.slice(start, at));
    start = at + 1;
  }
  return [...names, expression.slice(start)].filter((name) => name !== '');
}

function parseName(name: string): Pattern | Fault {
  if (/^[-.]|-$/.test(name)) return refused(name, 'no host is called that');
  const piece = /([\w.-]*)(?:\[([^[\]]*)\])?/y;
  const texts: string[] = [];
  const brackets: Range[][] = [];
  while (piece.lastIndex < name.length) {
    const at = piece.lastIndex;
    const [all = '', text = '', ranges] = piece.exec(name) ?? [];
    if (all === '') return refused(name, `${JSON.stringify(name[at])} does not belong there`);
    texts.push(text);
    if (ranges === undefined) continue;
    const read = parseRanges(ranges);
    if ('why' in read) return refused(name, read.why);
    brackets.push(read.ranges);
  }
  return longestOf({ texts, brackets }) > longestHost
    ? refused(name, `a host has at most ${longestHost} characters`)
    : { texts, brackets };
}

function parseRanges(text: string): { readonly ranges: Range[] } | Fault {
  const ranges: Range[] = [];
  for (const item of text.split(',')) {
    const [, low, high = low] = /^(0*\d{1,15})(?:-(0*\d{1,15}))?$/.exec(item) ?? [];
    if (low === undefined || high === undefined) return { why: `${cut(item)} is no range` };
    const range = { low: Number(low), high: Number(high), width: low.length };
    if (range.high < range.low) return { why: `range ${cut(item)} ends before it begins` };
    if (sizeOf(range) > mostHosts)
      return { why: `range ${cut(item)} has ${sizeOf(range)} hosts, more than ${mostHosts}` };
    ranges.push(range);
  }
  return { ranges };
}

const refused = (name: string, why: string): Fault => ({ why: `${cut(name)} is no hostlist: ${why}` });
const cut = (text: string): string => JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 60)}...`);

const sizeOf = ({ low, high }: Range): number => high - low + 1;
const countOf = ({ brackets }: Pattern): number =>
  brackets.reduce((product, ranges) => product * ranges.reduce((sum, range) => sum + sizeOf(range), 0), 1);

const longestOf = ({ texts, brackets }: Pattern): number =>
  texts.join('').length + brackets.map((ranges) => ranges.reduce(longer, 0)).reduce((sum, length) => sum + length, 0);

const longer = (length: number, { high, width }: Range): number => Math.max(length, width, String(high).length);

/** The last bracket is the innermost loop; of the others the first runs fastest (hostlist.c, hostlist_push_hr). */
function hostsOf({ texts, brackets }: Pattern): string[] {
  const values = brackets.map((ranges) => ranges.flatMap(valuesOf));
  const inner = values.pop() ?? [''];
  let choices: string[][] = [[]];
  for (const each of values) choices = each.flatMap((value) => choices.map((chosen) => [...chosen, value]));
  return choices.flatMap((chosen) => inner.map((last) => weave(texts, [...chosen, last])));
}

/** The width of the lower bound pads every number. */
const valuesOf = ({ low, high, width }: Range): string[] =>
  Array.from({ length: high - low + 1 }, (_, index) => String(low + index).padStart(width, '0'));

const weave = (texts: readonly string[], values: readonly string[]): string =>
  texts.map((text, index) => text + (values[index] ?? '')).join('');
