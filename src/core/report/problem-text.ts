// How a refusal is said: what cannot be, why, and what to do, in one line.
import type { Problem } from '#core/errors.ts';

/** Returns a problem as one line for stderr. */
export const renderProblem = ({ message, hint }: Problem): string =>
  `vllm-launch: ${message}${hint === '' ? '' : `; ${hint}`}\n`;
