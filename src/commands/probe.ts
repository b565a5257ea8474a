// For exec probes: one question, one line, 0 or 1.
import type { Question } from '#cli/command.ts';
import { renderProblem } from '#core/report/problem-text.ts';
import { printable } from '#core/text.ts';
import { getText } from '#edge/network/http.ts';

import { askMs, placeOf, renderPlace } from './ask-launcher.ts';
import type { Story } from './context.ts';

const paths: Readonly<Record<Question, string>> = { live: '/livez', ready: '/readyz', startup: '/startupz' };

/** Prints the reason in one line and resolves to 0 where the answer is yes, else to 1, also where nobody answers. */
export const probe: Story<'probe'> = async ({ question, options }, { stdout, stderr }) => {
  const place = placeOf(options);
  if ('message' in place) {
    await stderr(renderProblem(place));
    return 1;
  }
  const answer = await getText(place.host, place.port, paths[question], askMs);
  const reason = answer.ok ? answer.text.trim() : `${renderPlace(place)} does not answer: ${answer.reason}`;
  await stdout(`${printable(reason, 500)}\n`);
  return answer.ok && answer.status === 200 ? 0 : 1;
};
