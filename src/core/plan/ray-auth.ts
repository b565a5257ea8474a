// Ray's token. Ray turns it on by itself where it finds one, node by node, so the mode is always said (ray.md 10).
import type { Problem, Warning } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { RayToken } from '#core/facts.ts';
import { given } from '#core/identity/given.ts';
import { quote } from '#core/quote.ts';
import { reveal } from '#core/secret.ts';
import { authVariable, isToken, tokenFileVariable, tokensSince } from '#upstream/ray/start-variables.ts';

import type { Decided, Launch, Remarks } from './launch.ts';
import { noRemarks, usesRay } from './launch.ts';
import { isAtLeast } from './versions.ts';

/** Returns the mode that Ray reads, in lower case as Ray compares it. */
export const authMode = ({ options, facts }: Launch): string =>
  (given(facts.env, authVariable) ?? options['ray-auth'] ?? 'disabled').toLowerCase();

/** Returns what is wrong with the mode or the token, and a warning where Ray asks for none. */
export function authRemarks(launch: Decided): Remarks {
  if (!usesRay(launch)) return noRemarks;
  const mode = authMode(launch);
  const problems = [...contradicted(launch), ...(mode === 'token' ? [...tooOld(launch), ...noToken(launch)] : [])];
  return { problems, warnings: mode === 'disabled' && problems.length === 0 ? [open(launch)] : [] };
}

function contradicted({ options, facts }: Decided): Problem[] {
  const [said, chosen] = [given(facts.env, authVariable), options['ray-auth']];
  if (said === null || chosen === null || said.toLowerCase() === chosen) return [];
  const message = `cannot use --ray-auth ${chosen}: the environment says ${authVariable}=${said}`;
  return [problem('config', message, 'remove one of them, or make them equal')];
}

function tooOld({ facts: { ray } }: Decided): Problem[] {
  if (ray === null || isAtLeast(ray.version, tokensSince)) return [];
  const message = `cannot use Ray's token with Ray ${ray.version} (${ray.source}): it needs ${tokensSince}`;
  return [problem('config', message, 'use a newer Ray, or --ray-auth disabled')];
}

function noToken({ facts: { rayToken } }: Decided): Problem[] {
  const wrong = rayToken === null ? 'none was found' : wrongIn(rayToken);
  if (wrong === null) return [];
  const hint = `set ${tokenFileVariable} to a file with the same token on every node (\`ray get-auth-token --generate\` makes one), or give --ray-auth disabled`;
  return [problem('config', `cannot use Ray's token: ${wrong}`, hint)];
}

function wrongIn(token: RayToken): string | null {
  if ('missing' in token) return `${quote(token.source)}: ${token.missing}`;
  if (isToken(reveal(token.value))) return null;
  return `what ${quote(token.source)} holds is none: it has blanks or letters beyond ASCII, or more than 4096 of them`;
}

const open = ({ options }: Decided): Warning => ({
  code: 'ray-open',
  message: `Ray asks for no token: whoever reaches its ports (${options['ray-port']} and more) can run commands on these nodes; --ray-auth token closes them`,
});
