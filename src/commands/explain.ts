import { explainExit } from '#core/report/explain.ts';

import type { Story } from './context.ts';

/** Prints what an exit status means. */
export const explain: Story<'explain'> = async ({ code }, { stdout, terminalWidth }) => {
  await stdout(explainExit(code, Math.min(terminalWidth() ?? 100, 100)));
  return 0;
};
