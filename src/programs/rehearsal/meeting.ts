import { connect, createServer, type Socket } from 'node:net';

// Where the workers of one replica find each other: rank 0 listens on the master port, the others come to it and stay. Afterwards nobody
// looks at the connection until the next step needs it, which is why one side does not notice the other's death (torch's TCPStore, gloo).

/** The leader's side: `met` when all are there; `step` is whether all the others took part within `limitMs`. */
export type Meeting = { readonly met: Promise<void>; readonly step: (limitMs: number) => Promise<boolean> };

const RETRY_MS = 100;
const LONGEST_LINE = 1024;

/** Listens as rank 0 for `others` workers; `met` rejects if the port cannot be had. */
export const leadMeeting = (port: number, others: number): Meeting => {
  const members = new Map<number, Socket>();
  const replies = new Map<Socket, () => void>();
  const met = new Promise<void>((resolve, reject) => {
    const server = createServer((socket) =>
      readLines(socket, (line) => {
        const rank = /^rank (\d{1,6})$/.exec(line)?.[1];
        if (line === 'done') replies.get(socket)?.();
        else if (rank === undefined || members.has(Number(rank))) socket.destroy();
        else members.set(Number(rank), socket);
        if (members.size < others || rank === undefined) return;
        for (const member of members.values()) member.write('go\n');
        resolve();
      }),
    );
    server.on('error', reject).listen(port);
  });
  const stepOf = (socket: Socket, limitMs: number) =>
    new Promise<boolean>((resolve) => {
      const late = setTimeout(() => resolve(false), limitMs);
      const over = (ok: boolean) => () => (clearTimeout(late), resolve(ok));
      socket.once('close', over(false));
      replies.set(socket, over(true));
      if (socket.destroyed || !socket.writable) over(false)();
      else socket.write('step\n');
    });
  const step = async (limitMs: number) =>
    (await Promise.all([...members.values()].map((socket) => stepOf(socket, limitMs)))).every(Boolean);
  return { met, step };
};

/** Joins rank 0 as `rank`, trying again until `limitMs` are over; resolves when all are there, rejects when time is up. */
export const joinMeeting = (
  place: { readonly host: string; readonly port: number },
  rank: number,
  limitMs: number,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const deadline = Date.now() + limitMs;
    let gone = false;
    const attempt = (): void => {
      const socket = connect(place);
      socket.on('connect', () => socket.write(`rank ${rank}\n`));
      readLines(socket, (line) => {
        if (line === 'step') socket.write('done\n');
        if (line === 'go') resolve(((gone = true), undefined));
      });
      socket.on('close', () => {
        if (gone) return;
        if (Date.now() > deadline) reject(new Error(`no meeting at ${place.host}:${place.port} within ${limitMs} ms`));
        else setTimeout(attempt, RETRY_MS);
      });
    };
    attempt();
  });

// Lines of at most 1 KiB; a peer that sends anything else is hung up on. Errors end in 'close'.
const readLines = (socket: Socket, heard: (line: string) => void): void => {
  let rest = '';
  socket.setEncoding('utf8').on('error', () => undefined);
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) socket.destroy();
    for (const line of lines) heard(line);
  });
};
