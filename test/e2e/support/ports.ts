// Ports that nobody has: below those the kernel gives away, a block for each group.
import { createServer } from 'node:net';

const first = 20_000;
const blocks = 700;
export const blockSize = 16;

let next = (process.pid * 37) % blocks;

/** The first of 16 ports in a row that are free now. */
export async function freePorts(): Promise<number> {
  for (let tried = 0; tried < blocks; tried += 1) {
    const base = first + blockSize * (next % blocks);
    next += 1;
    const free = await Promise.all(Array.from({ length: blockSize }, (_, index) => isFree(base + index)));
    if (free.every(Boolean)) return base;
  }
  throw new Error('no free ports');
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });
