import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';

import { statusServer, vllmServer, type View } from './http.ts';
import type { Settings } from './settings.ts';

// The HTTP port of a node and when it opens: vLLM's is bound at the start and listens once the engine is ready; Dynamo's status server
// listens from the start and says "notready" until then.

export type Front = {
  /** Opens what is open before the engine is ready, or returns why the port cannot be had. */
  readonly openEarly: () => Promise<string | null>;
  /** Opens what opens with readiness, or returns why the port cannot be had. */
  readonly openReady: () => Promise<string | null>;
  readonly close: () => void;
};

/** Returns the front of this node's profile; nothing listens yet. */
export const frontOf = (settings: Settings, view: View, env: Readonly<Record<string, string | undefined>>): Front =>
  settings.profile === 'dynamo' ? dynamoFront(view, env) : vllmFront(settings, view);

const vllmFront = ({ host, port }: Settings, view: View): Front => {
  const server = vllmServer(view);
  return {
    openEarly: async () =>
      isTaken(port)
        ? `[Errno 98] error while attempting to bind on address ('${host}', ${port}): address already in use`
        : null,
    openReady: () => listenOn(server, host, port),
    close: () => closeAll(server),
  };
};

// DYN_SYSTEM_PORT is a 16-bit signed number; below zero and unset mean no server (ai-dynamo 1.6 runtime config).
const dynamoFront = (view: View, env: Readonly<Record<string, string | undefined>>): Front => {
  const server = statusServer(view, Date.now());
  const port = Number(env['DYN_SYSTEM_PORT'] ?? '-1');
  return {
    openEarly: async () => {
      if (!Number.isInteger(port) || port > 32_767)
        return `invalid value for DYN_SYSTEM_PORT: ${env['DYN_SYSTEM_PORT']}`;
      return port < 0 ? null : listenOn(server, env['DYN_SYSTEM_HOST'] ?? '0.0.0.0', port);
    },
    openReady: async () => null,
    close: () => closeAll(server),
  };
};

const listenOn = (server: Server, host: string, port: number): Promise<string | null> =>
  new Promise((resolve) => {
    server.once('error', (error) => resolve(error.message));
    server.listen({ host, port }, () => resolve(null));
  });

const closeAll = (server: Server): void => {
  server.close();
  server.closeAllConnections();
};

// vLLM binds without listening, which Node cannot; the kernel's list shows a clash just as early.
const isTaken = (port: number): boolean => ['/proc/net/tcp', '/proc/net/tcp6'].some((file) => listensIn(file, port));

const listensIn = (file: string, port: number): boolean => {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  try {
    return readFileSync(file, 'latin1')
      .split('\n')
      .some((line) => line.trim().split(/\s+/)[1]?.endsWith(end) === true && line.trim().split(/\s+/)[3] === '0A');
  } catch {
    return false; // No such list on this system: the clash shows when the port opens.
  }
};
