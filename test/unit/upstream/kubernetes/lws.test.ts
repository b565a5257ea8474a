import { expect, test } from 'vitest';

import { lwsHost } from '#upstream/kubernetes/lws.ts';

test.each([
  ['vllm-0.vllm.ns', 0, 'vllm-0.vllm.ns'],
  ['vllm-0.vllm.ns', 1, 'vllm-0-1.vllm.ns'],
  ['vllm-3.vllm.ns', 12, 'vllm-3-12.vllm.ns'],
  ['vllm-0', 2, 'vllm-0-2'],
])('the host of %s at rank %i is %s', (leader, rank, host) => expect(lwsHost(leader, rank)).toBe(host));
