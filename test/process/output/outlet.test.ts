import { Writable } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { openOutlet } from '#edge/output/outlet.ts';

/** A stream whose reader is quick, or stands still until it is woken. */
function open(reader: 'quick' | 'still') {
  let kind = reader;
  const written: string[] = [];
  const direct: string[] = [];
  let opened = 0;
  let waiting: (() => void) | null = null;
  const stream = new Writable({
    highWaterMark: 16,
    write: (chunk: Buffer, _, done) => {
      written.push(chunk.toString());
      if (kind === 'quick') done();
      else waiting = done;
    },
  });
  const wake = () => {
    kind = 'quick';
    waiting?.();
  };
  const outlet = openOutlet({ write: (text) => void direct.push(text) }, () => {
    opened += 1;
    return stream;
  });
  return { outlet, stream, direct, wake, text: () => written.join(''), opened: () => opened };
}

const bytes = (text: string) => Buffer.from(text);

describe('an outlet', () => {
  it('opens no stream for lines of ours while no child is relayed', () => {
    const { outlet, direct, opened } = open('quick');
    outlet.say('ours\n');
    expect([direct, opened()]).toEqual([['ours\n'], 0]);
  });

  it('puts a line of ours between the lines of a child', () => {
    const { outlet, text } = open('quick');
    outlet.relay(bytes('one\ntw'));
    outlet.say('ours\n');
    outlet.say('ours too\n');
    outlet.relay(bytes('o\nthree\nfour'));
    outlet.relay(bytes('\n'));
    outlet.say('at last\n');
    expect(text()).toBe('one\ntwo\nours\nours too\nthree\nfour\nat last\n');
  });

  it('breaks a line of a child that stays open', async () => {
    const { outlet, text } = open('quick');
    outlet.relay(bytes('Continue? '));
    outlet.say('ours\n');
    await expect.poll(text).toBe('Continue? \nours\n');
  });

  it('asks the child to wait for a slow reader, and lets it go on', () => {
    const { outlet, wake } = open('still');
    let resumed = false;
    expect(outlet.relay(bytes('a line of more than sixteen bytes\n'))).toBe(false);
    outlet.whenDrained(() => (resumed = true));
    expect(resumed).toBe(false);
    wake();
    return expect.poll(() => resumed).toBe(true);
  });

  it('lets children go on into nothing when the reader is gone, and tells so once', async () => {
    const { outlet, stream, text } = open('still');
    const told: string[] = [];
    let resumed = 0;
    outlet.onGone((reason) => told.push(reason));
    outlet.relay(bytes('a line of more than sixteen bytes\n'));
    outlet.whenDrained(() => (resumed += 1));
    stream.destroy(new Error('write EPIPE'));
    await expect.poll(() => [told, resumed]).toEqual([['write EPIPE'], 1]);
    const before = text();
    expect(outlet.relay(bytes('more\n'))).toBe(true);
    outlet.say('ours\n');
    outlet.whenDrained(() => (resumed += 1));
    outlet.onGone((reason) => told.push(reason));
    expect([text(), resumed, told, await outlet.flush(1)]).toEqual([before, 2, ['write EPIPE', 'write EPIPE'], true]);
  });

  it('drops lines of ours that nobody reads, and says how many', async () => {
    const { outlet, wake, text } = open('still');
    outlet.relay(bytes('x\n'));
    for (let line = 0; line < 1_100; line += 1) outlet.say(`${'y'.repeat(1_023)}\n`);
    wake();
    await expect.poll(() => text().length).toBeGreaterThan(1_000 * 1_024);
    outlet.say('end\n');
    await expect.poll(text).toMatch(/\nvllm-launch: \d+ lines of ours are missing here: nobody read them\nend\n$/);
  });

  it('takes live lines away before anything else is written', () => {
    const { outlet, text } = open('quick');
    outlet.relay(bytes('a\n'));
    outlet.sayLive('waiting 1\n', '<erase>');
    outlet.sayLive('waiting 2\n', '<erase>');
    outlet.relay(bytes('b\n'));
    outlet.sayLive('waiting 3\n', '<erase>');
    outlet.say('ours\n');
    outlet.relay(bytes('open'));
    outlet.sayLive('waiting 4\n', '<erase>');
    expect(text()).toBe('a\nwaiting 1\n<erase>waiting 2\n<erase>b\nwaiting 3\n<erase>ours\nopen');
  });

  it('flushes what waits, and gives up on a reader that stands still', async () => {
    const { outlet, wake, text } = open('still');
    outlet.relay(bytes('open'));
    outlet.say('ours\n');
    expect(await outlet.flush(20)).toBe(false);
    const flushed = outlet.flush(5_000);
    wake();
    expect([await flushed, text()]).toEqual([true, 'open\nours\n']);
  });
});
