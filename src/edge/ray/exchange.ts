import { connect } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2';
import type { Socket } from 'node:net';

import { reveal } from '#core/secret.ts';
import type { Secret } from '#core/secret.ts';
import { connectReason } from '#edge/network/connect-reason.ts';
import { gcsBody, gcsPaths } from '#upstream/ray/question.ts';
import type { GcsQuestion } from '#upstream/ray/question.ts';
import type { RawAnswer } from '#upstream/ray/raw-answer.ts';
import { isToken } from '#upstream/ray/start-variables.ts';

import { authority, dial } from './dial.ts';

// One HTTP/2 exchange. The first thing that ends it is its answer: the stream's end, an error, too many bytes or the
// deadline. Then the connection is destroyed, and what its parts still tell goes nowhere.
export type Exchange = {
  readonly host: string;
  readonly port: number;
  readonly question: GcsQuestion;
  readonly deadlineMs: number;
  readonly token?: Secret;
  readonly maxBytes: number;
};

type Exchanged = { readonly answer: RawAnswer; readonly hasSpokenHttp2: boolean };

type Headers = IncomingHttpHeaders & IncomingHttpStatusHeader;

type Received = {
  isConnected: boolean;
  hasSpokenHttp2: boolean;
  headers: Headers;
  readonly chunks: Buffer[];
  bytes: number;
};

/** Returns how one exchange ended, and whether the other side had said anything in HTTP/2 before; never rejects. */
export function exchange(asked: Exchange): Promise<Exchanged> {
  return new Promise((resolve) => {
    const received: Received = { isConnected: false, hasSpokenHttp2: false, headers: {}, chunks: [], bytes: 0 };
    let socket: Socket | null = null;
    let session: ClientHttp2Session | null = null;
    const finish = (answer: RawAnswer): void => {
      clearTimeout(timer);
      session?.destroy();
      // Also where there was no session to take it along.
      socket?.destroy();
      resolve({ answer, hasSpokenHttp2: received.hasSpokenHttp2 });
    };
    const timer = setTimeout(() => {
      finish({ kind: 'late', while: received.isConnected ? 'answering' : 'connecting' });
    }, asked.deadlineMs);
    try {
      socket = dial(asked.host, asked.port);
      session = openSession(asked, socket, received, finish);
      const stream = session.request(headersOf(asked));
      listen(stream, asked.maxBytes, received, finish);
      stream.end(gcsBody(asked.question));
    } catch (error) {
      // A host, a port or a token that is none.
      finish({ kind: 'no-connection', reason: connectReason(error) });
    }
  });
}

type Finish = (answer: RawAnswer) => void;

function openSession(asked: Exchange, socket: Socket, received: Received, finish: Finish): ClientHttp2Session {
  const session = connect(authority(asked.host, asked.port), {
    createConnection: () => socket,
    settings: { enablePush: false, maxHeaderListSize: 16_384 },
    maxHeaderListPairs: 64,
  });
  socket.once('connect', () => {
    received.isConnected = true;
  });
  session.once('remoteSettings', () => {
    received.hasSpokenHttp2 = true;
  });
  session.on('error', (error) => finish(endOf(received, connectReason(error))));
  session.once('close', () => finish(endOf(received, 'closed')));
  return session;
}

const headersOf = ({ question, token }: Exchange) => ({
  ':method': 'POST',
  ':path': gcsPaths[question],
  'content-type': 'application/grpc',
  te: 'trailers',
  ...(token === undefined ? {} : { authorization: `Bearer ${sendable(reveal(token))}` }),
});

// Node would send any character; the error must not name the value.
function sendable(token: string): string {
  if (isToken(token)) return token;
  throw new Error('a token that is empty or longer than 4096, or has blanks or letters beyond ASCII');
}

function listen(stream: ClientHttp2Stream, maxBytes: number, received: Received, finish: Finish): void {
  const merge = (headers: Headers): void => {
    received.headers = { ...received.headers, ...headers };
  };
  stream.once('response', merge);
  stream.once('trailers', merge);
  stream.on('data', (chunk: Buffer) => {
    received.bytes += chunk.length;
    if (received.bytes > maxBytes) finish({ kind: 'too-large', bytes: received.bytes });
    else received.chunks.push(chunk);
  });
  stream.once('close', () => finish(endOf(received, 'closed')));
  // Where the session ended the stream, its own error is the cause.
  stream.on('error', (error) => finish(endOf(received, connectReason(error.cause ?? error))));
}

/** Returns what there is when the exchange is over: with a head a reply, whose gRPC status at its end says if it is whole. */
function endOf({ isConnected, headers, chunks }: Received, reason: string): RawAnswer {
  if (headers[':status'] === undefined) return { kind: isConnected ? 'cut' : 'no-connection', reason };
  return {
    kind: 'reply',
    httpStatus: headers[':status'],
    contentType: headers['content-type'] ?? null,
    grpcStatus: grpcStatusIn(headers),
    grpcMessage: textIn(headers['grpc-message']),
    body: Buffer.concat(chunks),
  };
}

const textIn = (value: string | string[] | undefined): string | null => (typeof value === 'string' ? value : null);

function grpcStatusIn(headers: Headers): number | null {
  const status = textIn(headers['grpc-status']);
  return status !== null && /^\d{1,9}$/.test(status) ? Number(status) : null;
}
