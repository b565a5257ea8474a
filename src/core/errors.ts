// The one table of exit codes. README's table is tested against it in both directions; a retired code stays reserved.
export type ExitName = keyof typeof exitCodes;

export const exitCodes = {
  stopped: { code: 0, meaning: 'asked to stop, and clean', retry: '-' },
  usage: { code: 64, meaning: 'wrong command line', retry: 'no' },
  input: { code: 65, meaning: 'a file is malformed (podinfo, YAML)', retry: 'no' },
  unreachable: { code: 69, meaning: 'leader or members not there by the deadline', retry: 'yes' },
  internal: { code: 70, meaning: 'our bug', retry: 'report' },
  os: { code: 71, meaning: 'a system call failed', retry: 'yes' },
  io: { code: 74, meaning: 'cannot write what must be written', retry: 'yes' },
  'peer-lost': { code: 75, meaning: 'a member vanished without a word', retry: 'yes' },
  mismatch: { code: 76, meaning: 'members disagree about the plan', retry: 'no' },
  denied: { code: 77, meaning: 'group token wrong or missing', retry: 'no' },
  config: { code: 78, meaning: 'contradictory or missing configuration or identity', retry: 'no' },
  'engine-ended': {
    code: 79,
    meaning: 'engine ended with 0 unasked, or one of its own processes died under it',
    retry: 'yes',
  },
  'startup-timeout': { code: 80, meaning: 'engine not ready by the deadline', retry: 'yes' },
  'gpu-sick': { code: 81, meaning: 'a GPU is sick at preflight', retry: 'another node' },
  'gpu-lost': { code: 82, meaning: 'a GPU was lost', retry: 'another node' },
  'gpu-needs-reset': { code: 83, meaning: 'a GPU needs a reset', retry: 'another node' },
  'gpu-memory-fault': { code: 84, meaning: 'a GPU memory fault', retry: 'another node' },
  'gpu-fabric': { code: 85, meaning: 'a fault of the GPU fabric', retry: 'another node' },
  'gpu-driver': { code: 86, meaning: 'the GPU driver does not respond', retry: 'another node' },
  'gpu-access-lost': { code: 87, meaning: 'access to a GPU was lost', retry: 'here' },
  'gpu-memory-held': { code: 88, meaning: 'GPU memory is held by somebody else', retry: 'here' },
  'gpu-stalled': { code: 89, meaning: 'a GPU makes no progress', retry: 'here' },
  'not-executable': { code: 126, meaning: 'the command cannot be executed', retry: 'no' },
  'not-found': { code: 127, meaning: 'the command was not found', retry: 'no' },
  'stop-forced': { code: 137, meaning: 'asked to stop, had to be killed', retry: '-' },
} as const satisfies Record<string, { code: number; meaning: string; retry: string }>;

/** Why something cannot be done: a name of the table, "cannot X: why" with the value and its source, and what to do. */
export type Problem = { readonly name: ExitName; readonly message: string; readonly hint: string };

/** A remark that stops nothing: a word to search for, and the sentence. */
export type Warning = { readonly code: string; readonly message: string };

/** Returns a problem; `message` begins with "cannot". */
export const problem = (name: ExitName, message: string, hint: string): Problem => ({ name, message, hint });

/** Returns the exit status of a name of the table. */
export const exitCode = (name: ExitName): number => exitCodes[name].code;

/** Returns the name of an exit status, or null for one that is the deciding process's own. */
export function exitName(code: number): ExitName | null {
  for (const [name, row] of Object.entries(exitCodes)) if (row.code === code) return name as ExitName;
  return null;
}
