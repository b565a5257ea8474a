import { expect, test } from 'vitest';

import { type Json, pythonJson } from '#upstream/vllm/python-json.ts';

// Answers of CPython's json.dumps.
test.each<[Json, string]>([
  [{}, '{}'],
  [[], '[]'],
  [null, 'null'],
  [true, 'true'],
  [4, '4'],
  ['', '""'],
  ['a b~', '"a b~"'],
  ['\u007f', '"\\u007f"'],
  ['ü', '"\\u00fc"'],
  ['\u{1f600}', '"\\ud83d\\ude00"'],
  ['"\\\n', '"\\"\\\\\\n"'],
  [{ a: [1, 'x', { b: null }], ü: false }, '{"a": [1, "x", {"b": null}], "\\u00fc": false}'],
])('%j is written %s', (value, text) => {
  expect(pythonJson(value)).toBe(text);
});
