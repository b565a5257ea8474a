// The one registry of options: words, variables, help, completion, README and schema all come from this table.
import { askedSources } from './source-names.ts';

export type OptionKind = 'text' | 'whole' | 'flag' | 'duration' | 'list' | 'choice';
export type CommandName = 'run' | 'plan' | 'exec' | 'local' | 'status' | 'probe' | 'explain' | 'check' | 'webhook';

/** Under which heading help and README show an option. */
export type Section = 'identity' | 'decision' | 'group' | 'status' | 'deadlines' | 'output' | 'rehearsal' | 'webhook';

export type OptionSpec = {
  readonly section: Section;
  readonly kind: OptionKind;
  readonly default: string | number | boolean | readonly string[] | null;
  readonly describe: string;
  /** The default in words, where it depends on the machine or on the plan. */
  readonly defaultText?: string;
  readonly placeholder?: string;
  readonly choices?: readonly string[];
  /** The one letter that also names it. */
  readonly short?: string;
  /** The least and the greatest number of a `whole`. */
  readonly min?: number;
  readonly max?: number;
  readonly commands: readonly CommandName[];
  readonly hidden?: true;
};

const launch = ['run', 'plan', 'check', 'local'] as const;
const onNode = ['run', 'plan', 'check'] as const;
const starts = ['run', 'exec', 'local'] as const;
const logs = [...starts, 'webhook'] as const;
const ask = ['status', 'probe'] as const;

/** Where Kubernetes manifests mount the downward API. */
export const defaultPodinfo = '/etc/podinfo';

// prettier-ignore
export const optionTable = {
  nnodes: { section: 'identity', kind: 'whole', default: null, placeholder: 'N', describe: 'number of nodes of the group', defaultText: 'what the host system says', commands: onNode },
  'node-rank': { section: 'identity', kind: 'whole', default: null, placeholder: 'R', describe: "this node's rank, 0 is the leader", defaultText: 'what the host system says', commands: onNode },
  leader: { section: 'identity', kind: 'text', default: null, placeholder: 'HOST[:PORT]', describe: "the leader's address, with the group port if it is not the default", defaultText: 'what the host system says', commands: onNode },
  group: { section: 'identity', kind: 'text', default: null, placeholder: 'NAME', describe: 'name of the group; members of another group are refused', commands: launch },
  'gpus-per-node': { section: 'identity', kind: 'whole', default: null, placeholder: 'G', describe: 'GPUs of one node (on CPU builds: worker slots)', defaultText: 'what the devices say', commands: launch },
  hosts: { section: 'identity', kind: 'list', default: null, placeholder: 'A,B,C', describe: "hosts of the group, the leader first; rank is this host's place", commands: onNode },
  hostfile: { section: 'identity', kind: 'text', default: null, placeholder: 'FILE', describe: 'the same as --hosts, one host a line', commands: onNode },
  'rank-from': { section: 'identity', kind: 'text', default: null, placeholder: 'label:KEY|annotation:KEY|env:NAME', describe: 'where the platform wrote the rank', commands: onNode },
  'trust-source': { section: 'identity', kind: 'list', default: null, placeholder: 'NAME', choices: askedSources, describe: 'let a host system decide that else only informs: pytorchjob, volcano, kuberay, aibrix, kserve, skypilot, pals', commands: onNode },
  podinfo: { section: 'identity', kind: 'text', default: defaultPodinfo, placeholder: 'DIR', describe: 'directory of the downward API volume (files annotations, labels)', commands: onNode },
  'annotation-env': { section: 'identity', kind: 'list', default: null, placeholder: 'KEY=VAR', describe: 'read annotation KEY from variable VAR', commands: onNode },
  'lenient-annotations': { section: 'identity', kind: 'flag', default: false, describe: 'ignore a malformed backend annotation with a warning, as the operator does', commands: onNode },
  executor: { section: 'decision', kind: 'choice', default: null, choices: ['mp', 'ray'], describe: 'backend where one engine spans nodes; beats annotations and versions', commands: launch },
  engine: { section: 'decision', kind: 'choice', default: null, choices: ['vllm', 'dynamo'], describe: 'what the command is, where it cannot be told', commands: launch },
  outcome: { section: 'decision', kind: 'choice', default: null, choices: ['single', 'replicas'], describe: 'run the command untouched on this node alone, or on every node', commands: launch },
  'mp-from-origin-version': { section: 'decision', kind: 'text', default: '1.0.0', placeholder: 'VERSION', describe: 'mp from this nvidia.com/dynamo-operator-origin-version on', commands: onNode },
  'mp-from-operator-version': { section: 'decision', kind: 'text', default: '0.9.0', placeholder: 'VERSION', describe: 'mp from this nvidia.com/dynamo-operator-version on', commands: onNode },
  'master-port': { section: 'decision', kind: 'whole', default: 29500, placeholder: 'PORT', max: 65_535, describe: 'port of the mp rendezvous on the leader', commands: launch },
  'data-parallel-rpc-port': { section: 'decision', kind: 'whole', default: 13_445, placeholder: 'PORT', min: 1, max: 65_535, describe: 'port at which data-parallel ranks meet, on the leader', commands: launch },
  'ray-port': { section: 'decision', kind: 'whole', default: 6379, placeholder: 'PORT', min: 1, max: 65_526, describe: "port of Ray's GCS on the leader; the next nine are Ray's too, on every node", commands: launch },
  'ray-auth': { section: 'decision', kind: 'choice', default: null, choices: ['token', 'disabled'], describe: 'whether Ray asks for its token (RAY_AUTH_TOKEN_PATH, the same on every node)', defaultText: 'disabled', commands: launch },
  fate: { section: 'group', kind: 'choice', default: null, choices: ['together', 'apart'], describe: 'whether members stop together', defaultText: 'the outcome decides', commands: launch },
  'no-group': { section: 'group', kind: 'flag', default: false, describe: 'no link between launchers: the gates alone remain', commands: onNode },
  'on-peer-lost': { section: 'group', kind: 'choice', default: 'leave', choices: ['leave'], describe: 'what to do when a member is lost', commands: launch },
  'group-port': { section: 'group', kind: 'whole', default: 9441, placeholder: 'PORT', max: 65_535, describe: 'port of the group link, the same on all nodes', commands: launch },
  'status-port': { section: 'status', kind: 'whole', default: 9440, placeholder: 'PORT', max: 65_535, describe: 'port of the status server, 0 for none', commands: launch },
  'status-host': { section: 'status', kind: 'text', default: null, placeholder: 'ADDRESS', describe: 'address of the status server', defaultText: 'every address', commands: launch },
  'termination-log': { section: 'status', kind: 'text', default: null, placeholder: 'FILE', describe: 'where the termination message goes', defaultText: '/dev/termination-log where it exists', commands: launch },
  'dns-timeout': { section: 'deadlines', kind: 'duration', default: 600_000, describe: "until the leader's name resolves, and until etcd and NATS are reachable", commands: launch },
  'group-timeout': { section: 'deadlines', kind: 'duration', default: 1_800_000, describe: 'until all members have said hello', commands: launch },
  'ray-nodes-timeout': { section: 'deadlines', kind: 'duration', default: 600_000, describe: 'until the cluster has all nodes with all their GPUs', commands: launch },
  'startup-timeout': { section: 'deadlines', kind: 'duration', default: 7_200_000, describe: "from the engine's start to ready", commands: launch },
  'drain-timeout': { section: 'deadlines', kind: 'duration', default: null, describe: "from SIGTERM to the engine's own end", defaultText: 'grace - 10s', commands: launch },
  grace: { section: 'deadlines', kind: 'duration', default: null, describe: 'from SIGTERM to SIGKILL of the tree', defaultText: '25s, 50s under Dynamo', commands: ['run', 'plan', 'check', 'local', 'exec'] },
  'drain-delay': { section: 'deadlines', kind: 'duration', default: null, describe: 'from not ready to SIGTERM, for endpoints to be removed', defaultText: '5s in pods, else 0', commands: launch },
  'peer-timeout': { section: 'deadlines', kind: 'duration', default: 5_000, describe: 'until a member that cannot be reached is lost', commands: launch },
  'stall-timeout': { section: 'deadlines', kind: 'duration', default: 600_000, describe: 'no progress while requests wait (reported only)', commands: launch },
  'rejoin-timeout': { section: 'deadlines', kind: 'duration', default: 300_000, describe: 'until a lost member comes back', commands: launch },
  output: { section: 'output', kind: 'choice', default: null, choices: ['relay', 'inherit'], describe: "the engine's output: through us, or untouched", defaultText: 'inherit on a terminal and for exec', commands: ['run', 'exec'] },
  'log-format': { section: 'output', kind: 'choice', default: null, choices: ['json', 'text'], describe: 'our own log', defaultText: 'text on a terminal, else json', commands: logs },
  'log-level': { section: 'output', kind: 'choice', default: 'info', choices: ['debug', 'info', 'warn', 'error'], describe: 'what our own log says', commands: logs },
  journal: { section: 'output', kind: 'text', default: null, placeholder: 'FILE', describe: 'write the last events here at the end, for replay', commands: ['run', 'local'] },
  rehearse: { section: 'rehearsal', kind: 'flag', default: false, describe: 'run the rehearsal engine in place of the real one; it computes nothing', commands: launch },
  'rehearsal-fault': { section: 'rehearsal', kind: 'list', default: null, placeholder: 'RANK:FAULT', describe: 'what the rehearsal engine of a rank does wrong', commands: launch },
  nodes: { section: 'rehearsal', kind: 'whole', default: 2, placeholder: 'N', short: 'n', min: 1, describe: 'number of nodes on this machine', commands: ['local'] },
  json: { section: 'output', kind: 'flag', default: false, describe: 'print JSON', commands: ['plan', 'check', 'status'] },
  'show-secrets': { section: 'output', kind: 'flag', default: false, describe: 'do not mask secrets', commands: ['plan'] },
  address: { section: 'status', kind: 'text', default: '127.0.0.1:9440', placeholder: 'HOST:PORT', describe: 'status address of a launcher', commands: ask },
  watch: { section: 'status', kind: 'flag', default: false, short: 'w', describe: 'print again every second until interrupted', commands: ['status'] },
  cert: { section: 'webhook', kind: 'text', default: null, placeholder: 'FILE', describe: 'certificate to serve with, PEM, the chain after it; read again when it changes', commands: ['webhook'] },
  key: { section: 'webhook', kind: 'text', default: null, placeholder: 'FILE', describe: 'its private key, PEM; read again when it changes', commands: ['webhook'] },
  'operator-version': { section: 'webhook', kind: 'text', default: null, placeholder: 'VERSION', describe: 'version of the operator that is installed; what new deployments are stamped with', commands: ['webhook'] },
  // Not "port": a Service called vllm-launch injects VLLM_LAUNCH_PORT=tcp://..., one called vllm-launch-webhook VLLM_LAUNCH_WEBHOOK_PORT.
  'https-port': { section: 'webhook', kind: 'whole', default: 8443, placeholder: 'PORT', max: 65_535, describe: 'port of the webhook, 0 for any', commands: ['webhook'] },
  'local-group': { section: 'identity', kind: 'text', default: null, describe: 'set by local for its launchers', commands: onNode, hidden: true },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof optionTable;

type Value<S extends OptionSpec> = S extends { kind: 'flag' }
  ? boolean
  : S extends { kind: 'list' }
    ? readonly string[] | null
    : S extends { kind: 'whole' | 'duration' }
      ? S extends { default: number }
        ? number
        : number | null
      : S extends { kind: 'choice'; choices: readonly (infer C)[]; default: infer D }
        ? D extends string
          ? C
          : C | null
        : S extends { default: string }
          ? string
          : string | null;

export type Options = { readonly [K in OptionName]: Value<(typeof optionTable)[K]> };

/** Where an option's value came from. */
export type OptionOrigin = 'option' | 'variable' | 'default';
export type OptionOrigins = { readonly [K in OptionName]?: OptionOrigin };

/** Returns the variable that sets an option. */
export const variableOf = (name: OptionName): string => `VLLM_LAUNCH_${name.toUpperCase().replaceAll('-', '_')}`;

/** Returns every option at its default, for tests and for commands that take none. */
export const defaultOptions = (): Options =>
  Object.fromEntries(Object.entries(optionTable).map(([name, spec]) => [name, spec.default])) as unknown as Options;

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Returns a duration in milliseconds from `250ms`, `5s`, `10m`, `2h`, or null where the text is none. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * units[match[2] as keyof typeof units];
}

/** Returns a duration in the largest unit that divides it. */
export function renderDuration(ms: number): string {
  for (const unit of ['h', 'm', 's'] as const)
    if (ms > 0 && ms % units[unit] === 0) return `${ms / units[unit]}${unit}`;
  return ms === 0 ? '0s' : `${ms}ms`;
}
