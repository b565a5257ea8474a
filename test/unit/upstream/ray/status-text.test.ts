import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { readStatus, statusWords } from '#upstream/ray/status-text.ts';

import { versions } from './recorded.ts';

type Recorded = { readonly texts: Readonly<Record<string, string>> };

const textOf = (version: string, name: string): string => {
  const { texts } = JSON.parse(readFileSync(`test/cases/ray/status-${version}.json`, 'utf8')) as Recorded;
  return texts[name] ?? '';
};

const counted = (nodes: number, gpus: number) => ({ kind: 'answered', answer: { nodes, gpus } });
const unreadable = (reason: string) => ({ kind: 'unreadable', reason });

test.each(versions)('what `ray status` of %s printed is counted', (version) => {
  expect(readStatus(textOf(version, 'before the first report'))).toEqual(unreadable('it has no figures yet'));
  expect(readStatus(textOf(version, 'one node'))).toEqual(counted(1, 1));
  expect(readStatus(textOf(version, 'two nodes'))).toEqual(counted(2, 5));
  // The nodes one by one stand below, and are not counted again.
  expect(readStatus(textOf(version, 'two nodes, with -v'))).toEqual(counted(2, 5));
});

test('nodes that the next autoscaler shows as idle are there', () => {
  expect(readStatus(textOf('2.60.0', 'one node, autoscaler v2'))).toEqual(counted(1, 1));
});

const report = (active: string, usage: string): string =>
  `======== Autoscaler status: now ========\nNode status\n---\nActive:\n${active}\nPending:\n (no pending nodes)\n\nResources\n---\nTotal Usage:\n${usage}\n\nPending Demands:\n (none)\n`;

test.each([
  ['several of a kind', ' 3 worker\n 1 head', ' 0.0/1.0 CPU\n 2.0/8.0 GPU', counted(4, 8)],
  ['many of a kind', ' 12 worker', ' 0.0/16.0 GPU', counted(12, 16)],
  ['figures without a point', ' 1 a', ' 0/8 GPU', counted(1, 8)],
  ['parts of a GPU', ' 1 a', ' 0.0/0.25 GPU', counted(1, 0.25)],
  ['a GPU in the name of another', ' 1 a', ' 0.0/1.0 CPU beside a GPU', counted(1, 0)],
  ['lines that are no figures', ' 1 a', ' (none)\n 0.0/1.0 CPU', counted(1, 0)],
  ['nobody', ' (no active nodes)', ' 0B/1GiB memory', counted(0, 0)],
  ['no GPUs', ' 1 a', ' 0.0/1.0 CPU', counted(1, 0)],
  ['GPUs that are taken', ' 1 a', ' 4.0/8.0 GPU (4.0 used of 4.0 reserved in placement groups)', counted(1, 8)],
  ['a resource with GPU in its name', ' 1 a', ' 0.0/4.0 GPU_group\n 0.0/1.0 accelerator_type:GPU', counted(1, 0)],
  ['Windows line ends', ' 1 a\r', ' 0.0/8.0 GPU\r', counted(1, 8)],
  [
    'what the text says of itself below',
    ' 1 a',
    ' 0.0/2.0 GPU\n\nActive:\n 9 b\nTotal Usage:\n 0.0/99.0 GPU',
    counted(1, 2),
  ],
])('%s', (_, active, usage, expected) => {
  expect(readStatus(report(active, usage))).toEqual(expected);
});

test.each([
  ['nothing', '', 'no "Active:"'],
  ['another language', 'Aktiv:\n 1 a', 'no "Active:"'],
  ['no usage', 'Active:\n 1 a\n', 'no "Total Usage:"'],
  ['a section without lines', report('', ' 0.0/8.0 GPU'), 'no number of nodes'],
  ['another order of words', report(' a: 1', ' 0.0/8.0 GPU'), 'no number of nodes'],
  ['a number further on', report(' a 3 b', ' 0.0/8.0 GPU'), 'no number of nodes'],
  ['too many nodes to be true', report(' 12345678 a', ' 0.0/8.0 GPU'), 'no number of nodes'],
  ['no total', report(' 1 a', ' 8.0 GPU'), 'no number of GPUs'],
  ['a total that is none', report(' 1 a', ' 0.0/many GPU'), 'no number of GPUs'],
  ['another order in the usage', report(' 1 a', ' GPU: 0.0/8.0'), 'no number of GPUs'],
  ['figures further on', report(' 1 a', ' GPU: 0.0/8.0 now'), 'no number of GPUs'],
  ['a total further on', report(' 1 a', ' many GPU 0.0/8.0 GPU'), 'no number of GPUs'],
])('%s is not believed', (_, text, reason) => {
  expect(readStatus(text)).toEqual(unreadable(reason));
});

test('a text that ends with its figures is counted', () => {
  expect(readStatus('Active:\n 1 a\nTotal Usage:\n 0.0/8.0 GPU')).toEqual(counted(1, 8));
});

test('the head is named, whatever the variables say', () => {
  expect(statusWords('/v/bin/ray', '10.0.0.1:6379')).toEqual(['/v/bin/ray', 'status', '--address=10.0.0.1:6379']);
});
