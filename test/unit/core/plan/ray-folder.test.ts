import { describe, expect, test } from 'vitest';

import { longestSocketBytes, rayFolder, socketPathBytes } from '#core/plan/ray-folder.ts';

import { rayWorker } from './plan-for.ts';

test('a launcher has a folder of its own below that of all', () => {
  expect(rayFolder('/tmp', '01234567-89ab-cdef')).toBe('/tmp/vllm-launch-01234567');
  expect(rayFolder('', 'abc')).toBe('/vllm-launch-abc');
});

test("what the paths of Ray's sockets have beyond the folder of all leaves room for a short one", () => {
  expect([longestSocketBytes, socketPathBytes]).toEqual([87, 107]);
});

describe('the folder of the user', () => {
  const refused = (folder: string) => rayWorker({ env: { RAY_TMPDIR: folder } }).problems;

  // session_2026-01-01_00-00-00_000000_4194304/sockets/plasma_store.1 below vllm-launch-12345678: 87 bytes of 107.
  test.each(['/scratch', '/', `/${'x'.repeat(19)}`, `/${'x'.repeat(19)}/`])('is taken: %s', (folder) =>
    expect(refused(folder)).toEqual([]),
  );

  test.each([
    [`/${'x'.repeat(20)}`, "a socket's path would have up to 108 bytes, and the system takes 107"],
    [
      '/\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc',
      "a socket's path would have up to 108 bytes, and the system takes 107",
    ],
    ['scratch', 'it is not an absolute path'],
  ])('is refused: %s', (folder, why) =>
    expect(refused(folder)).toEqual([
      {
        name: 'config',
        message: `cannot use RAY_TMPDIR=${folder}: ${why}`,
        hint: 'unset RAY_TMPDIR, or name a shorter folder',
      },
    ]),
  );
});
