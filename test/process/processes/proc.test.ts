import { describe, expect, it } from 'vitest';

import { isAlive, listPids, parseStat, parseTitle, readStat, readTitle } from '#edge/processes/proc.ts';

const stat = (name: string, state = 'S') =>
  `42 (${name}) ${state} 7 42 41 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 369289 1000 5 18446744073709551615 1 1 0\n`;

describe('parseStat', () => {
  it.each(['python3', 'a b', ') S 1 (', 'x) R 9 9 9', '(', ')', '', 'line\nbreak', 'tab\t'])(
    'reads the fields behind the name %j',
    (name) => {
      expect(parseStat(stat(name))).toEqual({
        ...{ pid: 42, comm: name, state: 'S', ppid: 7, session: 41, threads: 3, startTicks: 369_289 },
      });
    },
  );

  it.each([
    '',
    '42',
    '42 (x',
    '42 (x) ',
    '42 (x) S 7',
    'x (y) S 1 2 3',
    stat('x').slice(0, 40),
    stat('x').replace('369289', '9'.repeat(30)),
  ])('gives null for %j', (text) => {
    expect(parseStat(text)).toBeNull();
  });

  it('reads a session and a foreground group that lie outside the namespace', () => {
    const text = '1 (init) S 0 -1 0 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 5 1000 5\n';
    expect(parseStat(text)).toMatchObject({ pid: 1, ppid: 0, session: 0, startTicks: 5 });
  });
});

describe('isAlive', () => {
  it.each([
    ['S', 1, true],
    ['R', 1, true],
    ['D', 1, true],
    ['T', 1, true],
    ['Z', 1, false],
    ['X', 1, false],
    ['Z', 2, true],
  ])('takes state %s with %i threads as alive: %s', (state, threads, alive) => {
    expect(isAlive({ pid: 2, comm: 'x', state, ppid: 1, session: 1, threads, startTicks: 1 })).toBe(alive);
  });
});

describe('parseTitle', () => {
  it.each([
    ['VLLM::EngineCore\0\0\0\0\0', 'VLLM::EngineCore'],
    ['VLLM::Worker_TP0  ', 'VLLM::Worker_TP0'],
    ['/usr/bin/python3\0/usr/bin/vllm\0serve\0m\0--api-key\0abc\0', '/usr/bin/python3 /usr/bin/vllm serve m'],
    ['curl\0-token\0abcdef\0', 'curl -token ********'],
    ['vllm serve --api-key abcdef', 'vllm serve --api-key ********'],
    ['--odd\0x\0', '--odd x'],
    ['a\u001b[31mb\nc\0', 'a [31mb c'],
    ['', 'comm'],
    ['\0\0\0', 'comm'],
    [Buffer.from('gr\u00fc\u00dfe').toString('latin1'), 'gr\u00fc\u00dfe'],
  ])('shows %j as %j', (cmdline, title) => {
    expect(parseTitle(cmdline, 'comm')).toBe(title);
  });

  it('is never longer than 256 characters', () => {
    expect(parseTitle('x'.repeat(4_000), 'comm')).toHaveLength(256);
  });
});

describe('reading /proc', () => {
  it('shows ourselves among the others', () => {
    const own = readStat('self');
    expect(own).toMatchObject({ pid: process.pid, ppid: process.ppid });
    expect(readStat(process.pid)?.startTicks).toBe(own?.startTicks);
    expect(readTitle(own!)).toContain('node');
    expect(listPids()).toContain(process.pid);
  });

  it('gives null for a process that is not there', () => {
    expect(readStat(4_000_000)).toBeNull();
  });
});
