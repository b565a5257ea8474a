// Upgrades on the group port given as the only argument, says so, and stays silent.
import { connect } from 'node:net';
const headers =
  'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
const socket = connect(Number(process.argv[2]), '127.0.0.1', () =>
  socket.write(`GET /group HTTP/1.1\r\n${headers}\r\n\r\n`),
);
socket.once('data', () => console.log('joined'));
