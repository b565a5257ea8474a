// Whole numbers as Python reads them: int() of CPython (Objects/unicodeobject.c, longobject.c).

/** Returns what Python's int() makes of a text, or null where it raises ValueError. */
export function pythonInt(text: string): bigint | null {
  const digits = bare(text).replaceAll(/\p{Nd}/gu, decimalDigit);
  if (!/^[+-]?\d+(_\d+)*$/.test(digits)) return null;
  const plain = digits.replaceAll(/[+_]/g, '');
  return plain.length > longestNumber + (plain.startsWith('-') ? 1 : 0) ? null : BigInt(plain);
}

/** CPython refuses longer numbers (sys.get_int_max_str_digits). */
const longestNumber = 4300;

// A text of ASCII alone is taken as it is; in others a Unicode space counts as a space.
function bare(text: string): string {
  const spaces = /^\p{ASCII}*$/u.test(text)
    ? '[ \\t-\\r]'
    : '[ \\t-\\r\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
  return text.replace(new RegExp(`^${spaces}+`, 'u'), '').replace(new RegExp(`${spaces}+$`, 'u'), '');
}

// Unicode gives every set of decimal digits ten neighbouring places, so the distance to the first digit of the run tells.
function decimalDigit(digit: string): string {
  const place = digit.codePointAt(0) ?? 0;
  let first = place;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return String((place - first) % 10);
}
