// Listens on any port with the shortest queue there is, says which port, and stays.
import { createServer } from 'node:net';
const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () =>
  console.log(server.address().port),
);
