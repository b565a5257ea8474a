// An HTTPS client that trusts one certificate and tells what it saw.
import { Agent, request } from 'node:https';
import type { TLSSocket } from 'node:tls';

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
  /** The certificate's fingerprint on that connection, and whether the connection was used before. */
  readonly fingerprint: string;
  readonly reused: boolean;
};

type Sent = {
  readonly method?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Record<string, string>;
};

/** Returns a client for one server; it keeps its connections until it is closed. */
export function client(port: number, ca: string, keepAlive = true) {
  const agent = new Agent({ keepAlive, ca, maxSockets: 64 });
  const send = (path: string, { method = 'POST', body = '', headers = {} }: Sent = {}): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: 'localhost', port, path, method, agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate();
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
            fingerprint: fingerprint256,
            reused: asked.reusedSocket,
          }),
        );
      });
      asked.on('error', reject);
      asked.end(body);
    });
  return { send, close: () => agent.destroy() };
}
