import { quote } from '#core/quote.ts';

import type { Line } from './line.ts';
import { ok, refused, warning } from './line.ts';
import type { Answers, QuestionOf } from './question.ts';

const about = 'model';

/** Returns the line of a model that is named by its name on the hub: is it here, or can it come. A token is never shown. */
export function modelLine(question: QuestionOf<'model'>, answer: Answers['model']): Line {
  const { model, hub, downloads } = question;
  const folder = downloads ?? hub.cache;
  const name = quote(model);
  if (answer.isPath) return ok(about, `model ${name} is a folder of this node`);
  if (answer.cached) return ok(about, `model ${name} is in ${folder} on this node`);
  if (hub.offline !== null) {
    const message = `model ${name} is not in ${folder} on this node, and ${hub.offline} forbids to ask the hub`;
    return refused(about, 'config', message, 'mount a cache that has it, or name its path');
  }
  const missing = `model ${name} is not in ${folder} on this node yet`;
  if (answer.unwritable !== null) {
    const hint = 'mount it writable, or set HF_HOME to a folder that is';
    return refused(about, 'io', `${missing}, which cannot be written: ${answer.unwritable}`, hint);
  }
  const token = hub.tokenVariable ?? (answer.tokenFile ? hub.tokenFile : null);
  if (token !== null) return ok(about, `${missing}; it can be written, and there is a token (${token})`);
  const hint = 'set HF_TOKEN if the model is gated';
  return warning(about, `${missing}; it can be written, but there is no token for the hub`, hint);
}
