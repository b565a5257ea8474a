// Words as a person may paste them into bash. Only for reading: nothing here is ever given to a shell by us.
const plain = /^[\w@%+=:,./-]+$/;
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Returns a word quoted for bash; what cannot be seen is written as an escape. */
export function quoteWord(word: string): string {
  if (plain.test(word)) return word;
  if (!unseen.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return `$'${Array.from(word, escapeOne).join('')}'`;
}

/** Returns words quoted for bash, separated by spaces. */
export const quoteWords = (words: readonly string[]): string => words.map(quoteWord).join(' ');

const named: Readonly<Record<string, string>> = { '\n': String.raw`\n`, '\t': String.raw`\t`, '\r': String.raw`\r` };

function escapeOne(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  if (!unseen.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  return (
    named[character] ??
    (code > 0xffff ? `\\U${hex(code, 8)}` : code > 0x7f ? `\\u${hex(code, 4)}` : `\\x${hex(code, 2)}`)
  );
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');
