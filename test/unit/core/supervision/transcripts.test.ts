// The group's behaviour as stories (test/cases/transcripts). UPDATE_TRANSCRIPTS=1 writes them anew: read them before you
// commit them.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { stories } from '../../../world/stories.ts';
import type { Story } from '../../../world/stories.ts';
import { openTranscript } from '../../../world/transcript.ts';
import type { World } from '../../../world/world.ts';
import { openWorld } from '../../../world/world.ts';

const folder = 'test/cases/transcripts';
const updates = process.env['UPDATE_TRANSCRIPTS'] === '1';
if (updates) mkdirSync(folder, { recursive: true });

function tell({ title, setup, play, fromMs = 0 }: Story): string {
  const transcript = openTranscript(() => world, fromMs);
  const world: World = openWorld({ ...setup, watch: transcript.watch });
  play(world, transcript.note);
  world.queue.runUntil(
    60_000,
    () => world.queue.nowMs() > 10_000 && world.launchers.every(({ life }) => life !== 'running'),
  );
  return `# ${title}\n#  seconds  rank  what happened, and below it what the launcher did\n\n${transcript.text()}`;
}

test.each(stories.map((story) => [story.name, story] as const))(
  'the story of %s is told as it was read',
  (name, story) => {
    const text = tell(story);
    const path = `${folder}/${name}.txt`;
    if (updates) writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, 'utf8'));
  },
);

test('there is no transcript without a story', () => {
  expect(readdirSync(folder).toSorted()).toEqual(stories.map(({ name }) => `${name}.txt`).toSorted());
});
