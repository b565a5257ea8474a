import { expect, test } from 'vitest';

import { neededServices, readPlaces } from '#upstream/dynamo/services.ts';

const nothing = { discovery: null, store: null, request: null, event: null };

test.each([
  [nothing, ['etcd']],
  [{ ...nothing, discovery: 'etcd' }, ['etcd']],
  [{ ...nothing, discovery: 'etcd', store: 'file' }, ['etcd']],
  [{ ...nothing, discovery: 'kv_store' }, ['etcd']],
  [{ ...nothing, discovery: 'kv_store', store: 'mem' }, []],
  [{ ...nothing, store: 'file' }, []],
  [{ ...nothing, discovery: 'kubernetes' }, []],
  [{ ...nothing, discovery: 'file', request: 'nats' }, ['nats']],
  [{ ...nothing, discovery: 'mem', event: 'nats' }, ['nats']],
  [{ ...nothing, request: 'nats', event: 'nats' }, ['etcd', 'nats']],
  [{ ...nothing, discovery: 'mem', request: 'tcp', event: 'zmq' }, []],
])('%j needs %j', (planes, expected) => expect(neededServices(planes)).toEqual(expected));

const at = (host: string, port: number) => ({ host, port });

test.each([
  ['http://localhost:2379', [at('localhost', 2_379)]],
  ['a, https://b:1/x ,c:65535', [at('a', 7), at('b', 1), at('c', 65_535)]],
  ['nats://me:pa:ss@h', [at('h', 7)]],
  ['http://[::1]:2379,[fe80::1]', [at('::1', 2_379), at('fe80::1', 7)]],
  ['10.0.0.1:1?x=@y', [at('10.0.0.1', 1)]],
  ['a:0,a:65536,a:x,,:1,a b,http://', []],
  ['::1', []],
])('%j names %j', (text, expected) => expect(readPlaces(text, 7)).toEqual(expected));
