// `status`, `probe` and `explain`, against a running group and against nobody; and the journal of a real group.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { readJournal } from '#core/report/journal.ts';
import { readStatus } from '#core/report/schema.ts';
import { step } from '#core/supervision/step.ts';

import { openGroup } from './support/group.ts';
import { freePorts } from './support/ports.ts';
import { endAll, finish } from './support/start.ts';

afterEach(endAll);

const secret = 'sk-abcdefghijklmnop';

test('a running group answers status and probe; its journal goes through the same phases again, without its secrets', async () => {
  const group = await openGroup({
    envOf: () => ({ VLLM_API_KEY: secret }),
    optionsOf: (rank) => ['--journal', `journal.${rank}`],
  });
  await group.ready();
  const at = (rank: number) => ['--address', `127.0.0.1:${group.ports.status(rank)}`];
  for (const rank of [0, 1]) {
    for (const question of ['live', 'ready', 'startup'])
      expect(await finish(['probe', question, ...at(rank)])).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^.+\n$/) as string,
        stderr: '',
      });
    const shown = await finish(['status', ...at(rank)]);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/rehearsal/i);
    expect(shown.stdout).toMatch(/ready/);
    const json = await finish(['status', '--json', ...at(rank)]);
    expect(readStatus(JSON.parse(json.stdout))).toMatchObject({
      ok: true,
      document: { phase: 'ready', identity: { rank } },
    });
  }
  group.members[1]?.signal('SIGTERM');
  expect(await group.codes()).toEqual([0, 0]);
  for (const [rank, member] of group.members.entries())
    replays(readFileSync(join(member.folder, `journal.${rank}`), 'utf8'));
});

function replays(text: string): void {
  expect(text).not.toContain(secret);
  const journal = readJournal(text);
  if (!journal.ok) throw new Error(journal.reason);
  const end = journal.events.reduce((state, event) => step(state, event).state, journal.state);
  expect(end).toMatchObject({ phase: 'ended', code: 0 });
  const phases = end.base.history.map(({ phase }) => phase);
  expect(phases.slice(0, 5)).toEqual(['opening', 'resolving', 'joining', 'starting', 'ready']);
  expect(phases.at(-1)).toBe('ended');
}

test('against nobody: status is 69, every probe 1, with the address and the reason', async () => {
  const place = `127.0.0.1:${await freePorts()}`;
  const status = await finish(['status', '--address', place]);
  expect(status).toMatchObject({ code: 69, stdout: '' });
  expect(status.stderr).toContain(`${place} (--address) does not answer`);
  for (const question of ['live', 'ready', 'startup']) {
    const probe = await finish(['probe', question, '--address', place]);
    expect(probe).toMatchObject({ code: 1, stderr: '' });
    expect(probe.stdout).toContain(place);
  }
});

test('an address that is none is 64 for status and 1 for a probe', async () => {
  expect(await finish(['status', '--address', 'a:b:c:1'])).toMatchObject({ code: 64, stdout: '' });
  expect(await finish(['probe', 'live', '--address', 'node:99999'])).toMatchObject({ code: 1, stdout: '' });
});

test.each([
  ['75', /peer-lost/],
  ['79', /engine-ended/],
  ['137', /stop-forced|SIGKILL/],
  ['139', /SIGSEGV/],
  ['3', /own/],
])('explain exit %s says what it means', async (code, text) => {
  const said = await finish(['explain', 'exit', code]);
  expect(said).toMatchObject({ code: 0, stderr: '' });
  expect(said.stdout).toMatch(text);
});
