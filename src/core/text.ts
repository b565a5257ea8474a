// Lengths of text that others will read: what is cut stays valid text.

/** Returns at most `length` UTF-16 units of a text, never half of a character. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  const splits = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, Math.max(0, splits ? length - 1 : length));
}

/** Returns the length of a text in bytes of UTF-8. */
export const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/** Returns text on one line, in printable ASCII and at most `length` long, for words that came from a stranger. */
export const printable = (text: string, length: number): string =>
  cutText(text, length).replaceAll(/[^\u0020-\u007e]/g, '?');
