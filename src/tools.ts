// Entry of the second bundle: what is asked for seldom and by people. Reached from main by import('./tools.js').
import { renderCompletion } from '#cli/completion.ts';
import type { Story } from '#commands/context.ts';

// Few launches read a YAML file; the launcher's bundle does without its parser.
export { parseYaml } from '#core/yaml.ts';

/** Prints a completion script. */
export const completion: Story<'completion'> = async ({ shell }, { stdout }) => {
  await stdout(renderCompletion(shell));
  return 0;
};

/** Serves the admission webhook; in a part of its own, so that those who want YAML do not load a server. */
export const webhook: Story<'webhook'> = async (command, context) =>
  await (await import('#commands/webhook.ts')).webhook(command, context);
