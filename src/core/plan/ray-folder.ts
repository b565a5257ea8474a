// Ray's own folder on a node: below the user's RAY_TMPDIR or /tmp, one for each launcher, so that it can be removed as a whole.

/** The longest path that a unix socket may have (unix(7), without the zero at its end). */
export const socketPathBytes = 107;

const prefix = '/vllm-launch-';
const idLength = 8;
// Ray 2.60 python/ray/_private/node.py: session_DATE_TIME_MICROSECONDS_PID/sockets/plasma_store, with .1 where that is taken.
const longestSession = '/session_2026-01-01_00-00-00_000000_4194304/sockets/plasma_store.1';

/** How long the path of Ray's longest socket is below the folder that RAY_TMPDIR names. */
export const longestSocketBytes = prefix.length + idLength + longestSession.length;

/** Returns the folder that Ray gets on this node. */
export const rayFolder = (temp: string, incarnation: string): string =>
  `${temp}${prefix}${incarnation.slice(0, idLength)}`;
