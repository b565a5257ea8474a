import { FAULTS } from './faults.ts';
import { DEFAULT_PACE } from './pace.ts';

// What `rehearsal --help` says.

/** Returns the help text. */
export const helpText =
  (): string => `The rehearsal engine behaves like vLLM from outside: flags, processes and their titles, ports, HTTP, signals, exit codes.
It loads no model and computes nothing.

  rehearsal serve MODEL [flags of vllm serve]
  rehearsal -m dynamo.vllm --model MODEL [flags of dynamo.vllm]

REHEARSAL_FAULT   what goes wrong, a comma list; \`@RANK\` behind a word means that node only
${faultLines()}
REHEARSAL_PACE    share of the real engine's times that endings take (${DEFAULT_PACE}; 1: as long as the real one)

Examples
  rehearsal serve tiny --port 8000
  REHEARSAL_FAULT=kill-worker-after=3s@1 rehearsal serve tiny -tp 2 --nnodes 2 --node-rank 1 --master-addr node-0 --headless
  REHEARSAL_FAULT=ignore-term,leave-children rehearsal serve tiny
`;

const faultLines = (): string =>
  Object.entries(FAULTS)
    .map(([name, { duration, text }]) => `  ${`${name}${SUFFIX[duration]}`.padEnd(28)}${text}`)
    .join('\n');

const SUFFIX = { never: '', always: '=5s', optional: '[=5s]' } as const;
