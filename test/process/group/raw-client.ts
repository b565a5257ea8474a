// A client that may break every rule: bytes to a port, and what came back until the end.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export const upgrade = (path = '/group', more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
  `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${more}\r\n`;

/** Returns one frame as RFC 6455 5.2 lays it out; `opcode` 1 text, 2 binary, 8 close, 9 ping. */
export function frameOf(opcode: number, payload: Buffer, { fin = true, masked = true } = {}): Buffer {
  const length =
    payload.length < 126
      ? Buffer.from([payload.length])
      : payload.length < 65_536
        ? Buffer.from([126, payload.length >> 8, payload.length & 255])
        : Buffer.from([127, 0, 0, 0, 0, 0, payload.length >> 16, (payload.length >> 8) & 255, payload.length & 255]);
  if (masked) length[0] = (length[0] ?? 0) | 128;
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([Buffer.from([(fin ? 128 : 0) | opcode]), length, Buffer.alloc(masked ? 4 : 0), payload]);
}

export async function rawConnect(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Returns a socket on which the upgrade was answered. */
export async function rawUpgrade(port: number): Promise<Socket> {
  const socket = await rawConnect(port);
  socket.write(upgrade());
  await once(socket, 'data');
  return socket;
}

/** Returns everything the other side said until it ended the connection; a reset is an end too. */
export function untilEnd(socket: Socket): Promise<string> {
  let said = '';
  return new Promise((resolve) => {
    socket.on('data', (chunk) => (said += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(said));
  });
}
