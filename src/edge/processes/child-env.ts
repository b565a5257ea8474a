import type { ProcessSpec } from '#core/plan/plan.ts';

// Our own options are no business of children: vLLM warns of unknown VLLM_*, Ray hands everything on.
const ownPrefix = 'VLLM_LAUNCH_';

/** Returns a child's environment: ours without VLLM_LAUNCH_*, with what the plan sets (null = not known yet, left out) and unsets. */
export function childEnv(
  own: Readonly<Record<string, string | undefined>>,
  planned: ProcessSpec['env'],
): Record<string, string> {
  const given = Object.entries(own).filter(([name]) => !name.startsWith(ownPrefix));
  const unset = new Set(planned.unset);
  // fromEntries defines, where assignment would fall for a variable called __proto__.
  return Object.fromEntries(
    [...given, ...Object.entries(planned.set)].filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && !unset.has(entry[0]),
    ),
  );
}
