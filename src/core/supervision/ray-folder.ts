import type { Self } from '#core/group/group.ts';

// Ray puts sockets below it, in session_DATE_TIME_PID/sockets/plasma_store, and a socket's path may have 107 bytes
// (unix(7); Ray's own check in python/ray/_private/node.py): so it is short, and nobody else's.
const prefix = '/tmp/vllm-launch-';

/** Returns the folder that Ray gets on this node; one for each launcher. */
export const rayFolder = ({ incarnation }: Self): string => `${prefix}${incarnation.slice(0, 8)}`;
