import { expect, test } from 'vitest';

import { startsRay } from '#upstream/ray/script.ts';

test.each([
  ['ray start --head --port=6379 && python3 -m dynamo.vllm --model m', 'first'],
  ['  exec /opt/venv/bin/ray  start --address=a:6379 --block', 'first'],
  ['ray start', 'first'],
  ['(sleep 1; ray start --head) & vllm serve m', 'later'],
  ['set -e\nray start --head --block &\nvllm serve m', 'later'],
  ['true&&ray start --head', 'later'],
  ['x=`ray start --head`', 'later'],
  ['ray status', null],
  ['ray start-all', null],
  ['vllm serve array start', null],
  ['xray start', null],
  ['', null],
])('%j: %s', (script, where) => expect(startsRay(script)).toBe(where));
