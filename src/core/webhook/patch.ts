// JSON patches (RFC 6902) that only add, with places as JSON pointers (RFC 6901).
export type Operation = { readonly op: 'add'; readonly path: string; readonly value: unknown };

/** Returns a JSON pointer to the value behind these keys. */
export const pointer = (keys: readonly string[]): string =>
  keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/**
 * Returns the operation that puts a value behind these keys, of which the last `missing` have nothing under them yet: an object is
 * made for each. `add` replaces a null that stands there.
 */
export function adding(keys: readonly string[], missing: number, value: string): Operation {
  const at = keys.length - Math.max(0, missing - 1);
  // From entries, so that a key like __proto__ is a key and nothing else.
  const made = keys.slice(at).reduceRight<unknown>((inner, key) => Object.fromEntries([[key, inner]]), value);
  return { op: 'add', path: pointer(keys.slice(0, at)), value: made };
}

/** Returns a patch as the AdmissionReview carries it: JSON in base64. Beyond ASCII all is escaped, which `btoa` asks for. */
export const encodePatch = (operations: readonly Operation[]): string =>
  btoa(
    JSON.stringify(operations).replaceAll(
      /[\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
