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
  const met = new Promise<void>((resolve, reject) => {
    const server = createServer((socket) =>
      readLines(socket, (line) => {
        if (line === 'done') return void socket.emit(DONE);
        if (!admit(members, socket, line)) return void socket.destroy();
        if (members.size < others) return;
        for (const member of members.values()) member.write('go\n');
        resolve();
      }),
    );
    server.on('error', reject).listen(port);
  });
  const step = async (limitMs: number): Promise<boolean> =>
    (await Promise.all([...members.values()].map((socket) => stepOf(socket, limitMs)))).every(Boolean);
  return { met, step };
};

// Emitted on a member's socket when it took part in a step.
const DONE = 'rehearsal-done';

// A rank that is already here, or anything that is no rank, is turned away; a member that leaves stays on the list, as nobody looks.
const admit = (members: Map<number, Socket>, socket: Socket, line: string): boolean => {
  const rank = /^rank (\d{1,6})$/.exec(line)?.[1];
  if (rank === undefined || members.get(Number(rank))?.destroyed === false) return false;
  members.set(Number(rank), socket);
  return true;
};

const stepOf = (socket: Socket, limitMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    if (socket.destroyed) return resolve(false);
    const over = (ok: boolean): void => {
      clearTimeout(late);
      socket.off('close', onClose).off(DONE, onDone);
      resolve(ok);
    };
    const onClose = () => over(false);
    const onDone = () => over(true);
    const late = setTimeout(over, limitMs, false);
    socket.on('close', onClose).on(DONE, onDone).write('step\n');
  });

/** Joins rank 0 as `rank`, trying again until `limitMs` are over; resolves when all are there, rejects when time is up. */
export const joinMeeting = (
  place: { readonly host: string; readonly port: number },
  rank: number,
  limitMs: number,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const deadline = Date.now() + limitMs;
    let hasMet = false;
    const attempt = (): void => {
      const socket = connect(place);
      socket.on('connect', () => socket.write(`rank ${rank}\n`));
      readLines(socket, (line) => {
        if (line === 'step') socket.write('done\n');
        if (line === 'go') resolve(((hasMet = true), undefined));
      });
      socket.on('close', () => {
        if (hasMet) return;
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
