import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { openOutlet } from '#edge/output/outlet.ts';
import { openProgress } from '#edge/output/progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open(terminal: boolean, view: () => readonly string[]) {
  const said: string[] = [];
  const written: string[] = [];
  const outlet = openOutlet({ write: (text) => void written.push(text) }, () => {
    throw new Error('nothing is relayed here');
  });
  const say = (line: string) => void said.push(line);
  const progress = openProgress({ terminal, intervalMs: 10_000, say, outlet, columns: () => 20 }, view);
  return { progress, said, outlet, text: () => written.splice(0).join('') };
}

describe('progress in a log', () => {
  it('says every 10 s who is waited for, and nothing when nobody is', () => {
    let lines = ['rank 1 is missing', 'rank 2 is missing'];
    const { progress, said, text } = open(false, () => lines);
    expect(said).toEqual([]);
    vi.advanceTimersByTime(10_000);
    expect(said).toEqual(lines);
    lines = [];
    vi.advanceTimersByTime(10_000);
    expect(said).toHaveLength(2);
    progress.close();
    lines = ['too late'];
    vi.advanceTimersByTime(60_000);
    expect([said.length, text()]).toEqual([2, '']);
  });
});

describe('progress on a terminal', () => {
  it('rewrites its lines in place, and is taken away before a line of ours', () => {
    let lines = ['rank 1 is missing, and so on', 'rank 2'];
    const { outlet, text } = open(true, () => lines);
    expect(text()).toBe('rank 1 is missing, \nrank 2\n');
    lines = ['rank 2'];
    vi.advanceTimersByTime(500);
    expect(text()).toBe('\u001b[2A\u001b[Jrank 2\n');
    outlet.say('ours\n');
    expect(text()).toBe('\u001b[1A\u001b[Jours\n');
    vi.advanceTimersByTime(500);
    expect(text()).toBe('rank 2\n');
  });

  it('disappears when nothing is waited for any more', () => {
    let lines = ['rank 1'];
    const { text } = open(true, () => lines);
    text();
    lines = [];
    vi.advanceTimersByTime(500);
    expect(text()).toBe('\u001b[1A\u001b[J');
    vi.advanceTimersByTime(5_000);
    expect(text()).toBe('');
  });

  it('becomes a log when a child shares the terminal', () => {
    const { progress, said, text } = open(true, () => ['not ready']);
    text();
    progress.settle();
    expect(text()).toBe('\u001b[1A\u001b[J');
    vi.advanceTimersByTime(10_000);
    expect([said, text()]).toEqual([['not ready'], '']);
    progress.close();
  });

  it('leaves no line behind at its end', () => {
    const { progress, text } = open(true, () => ['rank 1']);
    text();
    progress.close();
    expect(text()).toBe('\u001b[1A\u001b[J');
    vi.advanceTimersByTime(5_000);
    expect(text()).toBe('');
  });
});
