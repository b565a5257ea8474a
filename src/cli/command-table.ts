// The commands: what help says of each, and which words it takes. One row each; what is not in this version has a row of its own table.
import { exitCodes } from '#core/errors.ts';

import type { Command } from './command.ts';

export type CommandSpec = {
  readonly summary: string;
  /** The words between the command's name and its options, as usage shows them. */
  readonly operands: readonly Operand[];
  /** What goes after `--`. */
  readonly after: 'command' | 'nothing';
  readonly about: readonly string[];
  readonly examples: readonly (readonly [line: string, what: string])[];
};

/** A word that must be one of these, or a number of 0 to 255, or a name of the table of exit codes. */
export type Operand =
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'exit-status'; readonly placeholder: string };

const word = (...words: readonly string[]): Operand => ({ kind: 'word', words });

export const commandTable: Readonly<Record<Command['kind'], CommandSpec>> = {
  run: {
    summary: 'find out which node this is, wait for the others, start the engine, look after it',
    operands: [],
    after: 'command',
    about: [
      'Runs one node of a deployment: identity, plan, gates, start of all nodes together, supervision, one cause and one exit code in every member.',
      'If the first word after -- begins with -, the words follow python3 -m dynamo.vllm.',
    ],
    examples: [
      [
        'vllm-launch run -- vllm serve /models/m --tensor-parallel-size 16',
        'in a pod, a Slurm step or wherever the host says who it is',
      ],
      [
        'vllm-launch run --nnodes 2 --node-rank 1 --leader 10.0.0.1 -- vllm serve /models/m -tp 16',
        'on a bare machine',
      ],
      [
        'vllm-launch run -- --model /models/m --tensor-parallel-size 16',
        'a Dynamo worker, from the args: of a manifest',
      ],
    ],
  },
  plan: {
    summary: 'print what run would do and why; starts nothing',
    operands: [],
    after: 'command',
    about: ['Takes the same words as run. The exit status is that with which run would have refused, or 0.'],
    examples: [
      ['vllm-launch plan -- vllm serve /models/m --tensor-parallel-size 16', 'to read'],
      [
        'vllm-launch plan --json -- vllm serve /models/m | jq .decision',
        'to evaluate; dist/plan.schema.json describes it',
      ],
    ],
  },
  check: {
    summary:
      'look whether run could start here: programs, ports, names, services, model, /dev/shm, limits; starts nothing',
    operands: [],
    after: 'command',
    about: [
      'Takes the same words as run. A line each: ok, warn or FAIL. The exit status is that of the first FAIL, as run would have ended, or 0.',
    ],
    examples: [
      ['vllm-launch check -- vllm serve /models/m --tensor-parallel-size 16', 'on each node, before the job'],
      ['vllm-launch check --json -- vllm serve /models/m | jq \'.lines[] | select(.level != "ok")\'', 'to evaluate'],
    ],
  },
  exec: {
    summary: 'start any command and look after its processes; no identity, no GPUs',
    operands: [],
    after: 'command',
    about: ["Passes signals on, ends the whole tree, leaves with the command's own exit code, whatever it is."],
    examples: [['vllm-launch exec -- python3 server.py', 'as the entrypoint of any container, behind tini -s --']],
  },
  local: {
    summary: 'run an N-node group on this machine, one launcher per node',
    operands: [],
    after: 'command',
    about: [
      'Each node has its own ports; its log lines begin with its rank. Ends when the group ends, with its exit code.',
    ],
    examples: [
      [
        'vllm-launch local -n 2 --rehearse -- vllm serve /models/m --tensor-parallel-size 2',
        'with the rehearsal engine',
      ],
      [
        'vllm-launch local -n 2 --gpus-per-node 4 -- vllm serve /models/m --tensor-parallel-size 8',
        'with real engines',
      ],
    ],
  },
  status: {
    summary: 'print the group as a table: rank, host, phase, since, GPUs, cause',
    operands: [],
    after: 'nothing',
    about: ['Asks the status server of one launcher, of any rank.'],
    examples: [
      ['vllm-launch status', 'in the pod or on the node'],
      ['vllm-launch status --address 10.0.0.1:9440 --watch', 'from elsewhere, every second'],
    ],
  },
  probe: {
    summary: 'exit with 0 or 1, for exec probes',
    operands: [word('live', 'ready', 'startup')],
    after: 'nothing',
    about: ['Prefer httpGet probes on port 9440, paths /livez, /readyz and /startupz: they start no process.'],
    examples: [['vllm-launch probe ready', 'says the reason in one line']],
  },
  explain: {
    summary: 'say what an exit status means and what to do',
    operands: [word('exit'), { kind: 'exit-status', placeholder: 'N' }],
    after: 'nothing',
    about: [],
    examples: [
      ['vllm-launch explain exit 75', 'by number'],
      ['vllm-launch explain exit peer-lost', 'by name'],
    ],
  },
  webhook: {
    summary: 'serve the admission webhook that stamps and checks DynamoGraphDeployments',
    operands: [],
    after: 'nothing',
    about: [
      'HTTPS with /mutate, /validate, /healthz and /metrics. A deployment gets --operator-version at its creation, in its metadata and in each pod template; nothing is changed later.',
      'Ends with 0 on SIGTERM, when what is in flight is answered.',
    ],
    examples: [
      [
        'vllm-launch webhook --cert /tls/tls.crt --key /tls/tls.key --operator-version 1.0.0',
        'as in docker/manifests/webhook',
      ],
    ],
  },
  completion: {
    summary: 'print a completion script for the shell',
    operands: [word('bash', 'zsh')],
    after: 'nothing',
    about: [],
    examples: [
      ['source <(vllm-launch completion bash)', 'for this session'],
      ['vllm-launch completion zsh > ~/.zfunc/_vllm-launch', 'with ~/.zfunc in fpath'],
    ],
  },
};

export const commandNames = Object.keys(commandTable) as readonly Command['kind'][];

/** Commands of the design that this version refuses. */
export const laterCommands: readonly string[] = ['srun', 'ssh', 'pdjob', 'ray', 'serve', 'explain xid'];

/** Returns the words that an operand allows, for messages and completion. */
export const operandWords = (operand: Operand): readonly string[] =>
  operand.kind === 'word' ? operand.words : Object.keys(exitCodes);
