import { expect, test } from 'vitest';

import { cliqueOfHost, readClique } from '#upstream/kubernetes/grove.ts';

test.each([
  ['a-0-b-0-decode-ldr', { role: 'leader', leader: 'a-0-b-0-decode-ldr', worker: 'a-0-b-0-decode-wkr' }],
  ['a-0-b-0-decode-wkr', { role: 'worker', leader: 'a-0-b-0-decode-ldr', worker: 'a-0-b-0-decode-wkr' }],
  ['a-0-b-0-leader', { role: 'leader', leader: 'a-0-b-0-leader', worker: 'a-0-b-0-worker' }],
  ['a-0-b-0-worker', { role: 'worker', leader: 'a-0-b-0-leader', worker: 'a-0-b-0-worker' }],
  ['a-0-b-0-decode', null],
  ['a-0-b-0-wkr-1', null],
  ['ldr-decode', null],
])('the clique %s', (name, read) => expect(readClique(name)).toEqual(read));

test.each([
  ['a-0-decode-ldr-0', 'a-0-decode-ldr'],
  ['a-12', 'a'],
  ['a-0-decode', null],
  ['3', null],
  ['a-1x', null],
])('the host %s is of clique %s', (host, clique) => expect(cliqueOfHost(host)).toBe(clique));
