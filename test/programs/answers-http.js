// Answers HTTP on a port of this machine's first outer address, as another service would, and says when.
import { createServer } from 'node:http';
const server = createServer((_, answer) => answer.end('hello')).listen(Number(process.argv[2]), () =>
  console.log('listens'),
);
process.once('SIGTERM', () => server.close());
