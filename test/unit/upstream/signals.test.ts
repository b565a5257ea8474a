import { constants } from 'node:os';

import { expect, test } from 'vitest';

import { signalName, signalNumber } from '#upstream/signals.ts';

const aliases = ['SIGIOT', 'SIGPOLL', 'SIGUNUSED'];

test.runIf(process.platform === 'linux')('names and numbers are those of this system', () => {
  const system = Object.entries(constants.signals).filter(([name]) => !aliases.includes(name));
  for (const [name, number] of system) expect([name, signalName(number)]).toEqual([name, name]);
  expect(system.length).toBeGreaterThan(28);
});

test.each([
  [0, null],
  [-1, null],
  [1.5, null],
  [9, 'SIGKILL'],
  [31, 'SIGSYS'],
  [32, 'SIG32'],
  [34, 'SIGRTMIN'],
  [37, 'SIGRTMIN+3'],
  [64, 'SIGRTMIN+30'],
  [65, null],
])('%d is %s', (number, name) => {
  expect(signalName(number)).toBe(name);
});

test.each([
  ['SIGHUP', 1],
  ['SIGKILL', 9],
  ['SIGSYS', 31],
  ['KILL', 9],
  ['SIGNOTHING', null],
  ['XSIGHUP', null],
  ['', null],
])('%s is number %s', (name, number) => {
  expect(signalNumber(name)).toBe(number);
});
