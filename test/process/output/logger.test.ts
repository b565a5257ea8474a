import { describe, expect, it } from 'vitest';

import { openLogger, type Level } from '#edge/output/logger.ts';
import { openPlainLogger } from '#edge/output/plain-logger.ts';

const open = (format: 'json' | 'text', level: Level = 'debug') => {
  const lines: string[] = [];
  const logger = openLogger({ format, level, base: { incarnation: 'abc' } }, (line) => lines.push(line));
  return { logger, lines };
};

describe('the log as JSON', () => {
  it('carries name, time, level, message, base, rank and epoch in one line each', () => {
    const { logger, lines } = open('json');
    logger.say('info', 'before');
    logger.setContext({ rank: 1 });
    logger.setContext({ epoch: 2 });
    logger.say('warn', 'after\nthat', { pid: 7 });
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      {
        name: 'vllm-launch',
        incarnation: 'abc',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        level: 'info',
        msg: 'before',
      },
      expect.objectContaining({ level: 'warn', msg: 'after | that', rank: 1, epoch: 2, pid: 7 }),
    ]);
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });
});

describe('the log as text', () => {
  it('begins each line with who speaks and when', () => {
    const { logger, lines } = open('text');
    logger.say('info', 'waiting for rank 0');
    logger.setContext({ rank: 1, epoch: 2 });
    logger.say('error', 'cannot go on', { pid: 7 });
    expect(lines[0]).toMatch(/^vllm-launch \d\d:\d\d:\d\d waiting for rank 0\n$/);
    expect(lines[1]).toMatch(/^vllm-launch\[1\] #2 \d\d:\d\d:\d\d error: cannot go on pid=7\n$/);
  });

  it('keeps a message on one bounded line', () => {
    const lines: string[] = [];
    openPlainLogger('info', (line) => lines.push(line)).say('info', `a\r\n  b\u001b[2J${'x'.repeat(20_000)}`);
    expect(lines[0]).toMatch(/^vllm-launch \S+ a \| b \[2Jx+\n$/);
    expect(lines[0]!.length).toBeLessThan(8_300);
  });
});

describe.each(['json', 'text'] as const)('the level of the log as %s', (format) => {
  it.each([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
  ] as const)('%s lets %i of four levels pass', (level, count) => {
    const { logger, lines } = open(format, level);
    for (const at of ['debug', 'info', 'warn', 'error'] as const) logger.say(at, 'x');
    expect(lines).toHaveLength(count);
  });
});
