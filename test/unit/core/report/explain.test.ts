import { expect, test } from 'vitest';

import { exitCodes } from '#core/errors.ts';
import { explainExit } from '#core/report/explain.ts';

const everyCode = Array.from({ length: 256 }, (_, code) => code);

test.each(Object.entries(exitCodes))(
  '%s is explained by its meaning, its retry and what to do',
  (name, { code, meaning }) => {
    const text = explainExit(code, 100);
    expect(text).toContain(`${code} ${name}: `);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(meaning);
    for (const word of ['decided by  ', 'retry       ', 'what to do  ']) expect(text).toContain(word);
  },
);

test.each([
  [129, 'SIGHUP'],
  [130, 'SIGINT'],
  [134, 'SIGABRT'],
  [135, 'SIGBUS'],
  [137, 'SIGKILL'],
  [139, 'SIGSEGV'],
  [143, 'SIGTERM'],
  [159, 'SIGSYS'],
  [165, 'SIGRTMIN+3'],
])('%i is a death by %s', (code, signal) => {
  expect(explainExit(code, 100)).toContain(`${code} is 128 + ${code - 128}: the deciding process died by ${signal}\n`);
});

test('137 has two meanings, and both are given', () => {
  expect(explainExit(137, 100)).toMatch(/stop-forced[\s\S]*\n\nor\n\n[\s\S]*SIGKILL/);
});

test.each([1, 2, 3, 42, 100, 128, 193, 255])("%i is the deciding process's own", (code) => {
  expect(explainExit(code, 100)).toContain(`${code} is the deciding process's own code`);
});

test('every code of 0 to 255 is explained, in lines of the width that is asked for', () => {
  for (const code of everyCode) {
    const text = explainExit(code, 72);
    expect(text).toMatch(/^\d+ [\s\S]+\n\ndecided by {2}[\s\S]+retry {7}[\s\S]+what to do {2}[\s\S]+\n$/);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(72);
  }
});

test('who decided is told apart', () => {
  expect(explainExit(0, 200)).toContain('under exec, the command itself');
  expect(explainExit(127, 200)).toContain('unless the command is itself a shell');
  expect(explainExit(75, 200)).toContain('decidedBy launcher');
});

test('defaults that it names are those of the registry', () => {
  expect(explainExit(75, 200)).toContain('--peer-timeout (5s)');
  expect(explainExit(69, 200)).toContain('--group-port (9441)');
});

test.each([0, 1, 2, 75, 126, 127, 128, 137, 143])('what is said of %i is as kept', async (code) => {
  await expect(explainExit(code, 100)).toMatchFileSnapshot(`../../../cases/explain/${code}.txt`);
});
