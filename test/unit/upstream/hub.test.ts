import { expect, test } from 'vitest';

import { hubPlaces, isHubName, snapshotsOf } from '#upstream/hub.ts';

test.each([
  [{}, '/root/.cache/huggingface/hub', '/root/.cache/huggingface/token'],
  [{ HOME: '/h' }, '/h/.cache/huggingface/hub', '/h/.cache/huggingface/token'],
  [{ HOME: '/h', XDG_CACHE_HOME: '/c' }, '/c/huggingface/hub', '/c/huggingface/token'],
  [{ HOME: '/h', HF_HOME: '/hf' }, '/hf/hub', '/hf/token'],
  [{ HF_HOME: '/hf', HF_HUB_CACHE: '/c', HF_TOKEN_PATH: '/t' }, '/c', '/t'],
  [{ HF_HOME: '/hf', HUGGINGFACE_HUB_CACHE: '/old' }, '/old', '/hf/token'],
  [{ HF_HUB_CACHE: '/c', HUGGINGFACE_HUB_CACHE: '/old', HF_HOME: '' }, '/c', '/root/.cache/huggingface/token'],
])('with %j models are in %s and the token in %s', (env, cache, tokenFile) => {
  expect(hubPlaces(env)).toEqual({ cache, tokenFile, tokenVariable: null, offline: null });
});

test.each([
  [{ HF_TOKEN: 'a', HUGGING_FACE_HUB_TOKEN: 'b' }, 'HF_TOKEN', null],
  [{ HF_TOKEN: '', HUGGING_FACE_HUB_TOKEN: 'b' }, 'HUGGING_FACE_HUB_TOKEN', null],
  [{ HF_HUB_OFFLINE: '1' }, null, 'HF_HUB_OFFLINE'],
  [{ HF_HUB_OFFLINE: '0', TRANSFORMERS_OFFLINE: 'yes' }, null, 'TRANSFORMERS_OFFLINE'],
  [{ HF_HUB_OFFLINE: 'no' }, null, null],
])('%j has the token of %s and is kept off by %s, and no value of a token is told', (env, tokenVariable, offline) => {
  expect(hubPlaces(env)).toMatchObject({ tokenVariable, offline });
});

test.each([
  ['meta-llama/Llama-3.1-8B', true],
  ['gpt2', true],
  ['a/b/c', false],
  ['/a', false],
  ['./a', false],
  ['..', false],
  ['a/..', false],
  ['s3://bucket/m', false],
  ['', false],
])('%j is a name of the hub: %s', (word, expected) => expect(isHubName(word)).toBe(expected));

test('snapshots of a model have a folder of their own', () => {
  expect(snapshotsOf('/c', 'a/b')).toBe('/c/models--a--b/snapshots');
});
