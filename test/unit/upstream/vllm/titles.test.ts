import { expect, test } from 'vitest';

import { isEngineTitle } from '#upstream/vllm/titles.ts';

test.each([
  'VLLM::EngineCore',
  'VLLM::EngineCore_DP0',
  'VLLM::Worker',
  'VLLM::Worker_TP0',
  'VLLM::Worker_DP1_PP1_PCP0_TP3_DCP1_EP7',
  'VLLM::APIServer_0',
  'VLLM::APIServer_DP12',
  'VLLM::DPCoordinator',
  'mine::Worker_TP0',
  '::EngineCore',
  'VLLM::EngineCore\0\0\0\0',
  'VLLM::EngineCore \0',
  'VLLM::Worker_TP0\0left\0over',
])('%j is a title of the engine', (title) => {
  expect(isEngineTitle(title)).toBe(true);
});

test.each([
  '',
  'VLLM',
  'VLLM::',
  'VLLM::Enginecore',
  'VLLM::EngineCores',
  'VLLM::EngineCore-1',
  'VLLM::EngineCore_',
  'VLLM::Workers',
  'VLLM:Worker',
  'VLLM:::Worker',
  'EngineCore',
  'ray::Worker',
  'ray::Worker_TP0',
  'ray::RayWorkerProc.run',
  'vllm\0serve\0VLLM::EngineCore',
  'grep VLLM::EngineCore',
  'a b::Worker',
  'VLLM::EngineCor',
  'VLLM::EngineCore\nx',
  '/usr/bin/python3\0-c\0from multiprocessing.spawn import spawn_main',
])('%j is none', (title) => {
  expect(isEngineTitle(title)).toBe(false);
});

test('other prefixes that hold "ray" are titles of the engine', () => {
  expect(isEngineTitle('xray::Worker')).toBe(true);
  expect(isEngineTitle('rays::Worker')).toBe(true);
});
