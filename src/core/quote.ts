// Values from outside in our messages: quoted, with control characters escaped, and never longer than a line.
const longest = 120;

/** Returns a value in double quotes, cut after 120 characters. */
export const quote = (value: string): string =>
  value.length <= longest ? JSON.stringify(value) : `${JSON.stringify(value.slice(0, longest))}...`;

/** Returns a list for a message; of a long one the first eight and how many more. */
export const quoteList = (items: readonly string[]): string =>
  items.length <= 8 ? items.join(', ') : `${items.slice(0, 8).join(', ')} and ${items.length - 8} more`;
