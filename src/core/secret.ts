// A value that must not be shown. Every way of turning it into text gives the mask; only `reveal` gives the value.
const values = new WeakMap<Secret, string>();

export type Secret = { readonly kind: 'secret'; toString(): string; toJSON(): string };

export const mask = '********';

/** Returns a secret that prints as the mask everywhere. */
export function secret(value: string): Secret {
  const made: Secret = { kind: 'secret', toString: () => mask, toJSON: () => mask };
  values.set(made, value);
  return made;
}

/** Returns the value of a secret, for the one place that hands it on. */
export const reveal = (hidden: Secret): string => values.get(hidden) ?? '';

const words =
  /(?:^|[-_.])(?:token|secret|password|passwd|credentials?|api[-_]?key|access[-_]?key|secret[-_]?key|private[-_]?key)(?:$|[-_.])/i;

/** Tells whether a variable or flag of this name holds a secret; by whole words, so `--tokenizer` does not. */
export const namesSecret = (name: string): boolean => words.test(name.replace(/^-+/, ''));

/** Returns text with the password of every URL masked. */
export const maskUrls = (text: string): string =>
  text.replace(/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:@/]{1,256}):[^\s@/]{1,256}@/gi, `$1:${mask}@`);

/** Returns words with the values of secret-named flags and the passwords of URLs masked. */
export function maskWords(argv: readonly string[]): string[] {
  return argv.map((word, index) => {
    const equals = word.indexOf('=');
    if (word.startsWith('-') && equals > 0 && namesSecret(word.slice(0, equals))) {
      return `${word.slice(0, equals)}=${mask}`;
    }
    const before = argv[index - 1];
    const hidden = before?.startsWith('-') === true && !before.includes('=') && namesSecret(before);
    return hidden && !word.startsWith('-') ? mask : maskUrls(word);
  });
}

/** Returns an environment with the values of secret-named variables and the passwords of URLs masked. */
export const maskEnv = <V extends string | null>(env: Readonly<Record<string, V>>): Record<string, V | string> =>
  Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value === null ? value : namesSecret(name) ? mask : maskUrls(value),
    ]),
  );

/** Returns text in which every value of a secret-named variable of `env` (6 characters or more) is masked. */
export function maskValues(text: string, env: Readonly<Record<string, string>>): string {
  let masked = maskUrls(text);
  for (const [name, value] of Object.entries(env)) {
    if (value.length >= 6 && namesSecret(name)) masked = masked.replaceAll(value, mask);
  }
  return masked;
}
