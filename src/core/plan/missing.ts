// A program or a model that is not there is refused before anything starts.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import { quote } from '#core/quote.ts';

import type { Launch } from './launch.ts';

/** Returns what is wrong with the program or the model path of a launch. */
export function missingParts({ facts, options }: Launch): Problem[] {
  const { executable, model } = facts;
  const problems: Problem[] = [];
  if (!options.rehearse && executable !== null && !executable.found)
    problems.push(notRunnable(executable.word, executable.why));
  if (model !== null && !model.present) {
    const message = `cannot find the model ${quote(model.path)}: there is no such path on this node`;
    problems.push(problem('config', message, 'mount the model on every node, or give the name of a model on the hub'));
  }
  return problems;
}

function notRunnable(word: string, why: 'not-found' | 'not-executable' | 'directory'): Problem {
  if (why === 'not-found') {
    return problem('not-found', `cannot run ${quote(word)}: no such program`, 'check the name and PATH of this image');
  }
  const reason = why === 'directory' ? 'it is a directory' : 'it may not be executed';
  return problem('not-executable', `cannot run ${quote(word)}: ${reason}`, 'name an executable file');
}
