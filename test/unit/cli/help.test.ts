// Help as a person sees it: readable files under test/cases/help, rewritten by vitest -u and read before they are kept.
import { expect, test } from 'vitest';

import { commandNames } from '#cli/command-table.ts';
import { quickWords } from '#cli/quick.ts';
import { renderHelp } from '#cli/help.ts';

test('the help of the program is as kept', async () => {
  await expect(renderHelp(null)).toMatchFileSnapshot('../../cases/help/vllm-launch.txt');
});

test.each(commandNames)('the help of %s is as kept', async (name) => {
  await expect(renderHelp(name)).toMatchFileSnapshot(`../../cases/help/${name}.txt`);
});

test.each([null, ...commandNames])('no line of the help of %s is wider than 100 columns', (name) => {
  for (const line of renderHelp(name).split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});

test.each([null, ...commandNames])('every example in the help of %s is a line that is understood', async (name) => {
  const { parseWords } = await import('#cli/parse.ts');
  const lines = renderHelp(name)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('vllm-launch '));
  const shown = lines.filter((line) => !/COMMAND|^vllm-launch \w+:/.test(line) && line !== lines[0]);
  for (const line of shown) {
    const words = (line.split(/ [|>] /)[0] ?? '').split(' ').slice(1);
    expect([line, (quickWords(words, {}) ?? (await parseWords(words, {}))).kind]).toEqual([line, 'command']);
  }
});

test('help does not show hidden options', () => {
  expect(renderHelp('run')).not.toContain('local-group');
});
