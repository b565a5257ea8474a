// What the machine says. Gathered once by edge/facts, then only read; null means "not known", never a guess.
import type { Secret } from './secret.ts';

/** The `missing` of a file that does not exist; any other text says why a file that exists was not read. */
export const notThere = 'not there';

export type TextFile =
  { readonly path: string; readonly text: string } | { readonly path: string; readonly missing: string };

export type Podinfo = {
  readonly directory: string;
  readonly annotations: TextFile;
  readonly labels: TextFile;
};

export type NetworkInterface = { readonly name: string; readonly address: string; readonly internal: boolean };

/** The address of this node that reaches the leader, and the interface that has it. */
export type Route = { readonly leader: string; readonly address: string; readonly interface: string | null };

export type GpuFacts = {
  readonly count: number;
  /** Where the count was read, as a person would say it. */
  readonly source: string;
  /** False where the count is of CPU worker slots or only claimed. */
  readonly devices: boolean;
  readonly model: string | null;
  readonly driver: string | null;
};

export type Executable =
  | { readonly found: true; readonly word: string; readonly path: string }
  | { readonly found: false; readonly word: string; readonly why: 'not-found' | 'not-executable' | 'directory' };

/** A version read from a distribution's metadata, without starting Python. */
export type EngineVersion = { readonly version: string; readonly source: string };

/** Ray's token, or why there is none; `source` is the variable or the file. */
export type RayToken =
  { readonly source: string; readonly value: Secret } | { readonly source: string; readonly missing: string };

export type Facts = {
  /** The environment without our own VLLM_LAUNCH_ variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly interfaces: readonly NetworkInterface[];
  readonly podinfo: Podinfo | null;
  readonly hostfile: TextFile | null;
  /** The file that the engine command names with --config. */
  readonly engineConfig: TextFile | null;
  readonly gpus: GpuFacts | null;
  readonly executable: Executable | null;
  readonly vllm: EngineVersion | null;
  readonly dynamo: EngineVersion | null;
  readonly ray: EngineVersion | null;
  /** The version of the Python that runs the engine, as far as its files tell: `3.11.7`, or `3.11`. */
  readonly python: string | null;
  /** The program `ray`, beside the engine's own program or on PATH; `word` is how it is started. */
  readonly rayProgram: Executable | null;
  /** Whether that Ray is known to have what its client server needs. */
  readonly rayClient: boolean;
  /** Looked for only where Ray is to ask for it. */
  readonly rayToken: RayToken | null;
  /** The host and port of a Ray head that answers on this node before anything of ours runs; null where none was asked or answers. */
  readonly foreignRay: string | null;
  /** Whether a local model path named by the command is there; null where it names none. */
  readonly model: { readonly path: string; readonly present: boolean } | null;
  readonly route: Route | null;
  readonly inPod: boolean;
  readonly rehearsalProgram: readonly string[];
};
