#!/usr/bin/env node
// Stands in for the program of a Ray that is newer than we know: its GCS answers every question of Ray's own with
// UNIMPLEMENTED and says that it serves. Nodes are files in the folder NEWER_RAY; NEWER_RAY_STATUS chooses what `ray status` does.
const { createServer } = require('node:http2');
const { readdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const [verb, ...words] = process.argv.slice(2);
const folder = process.env.NEWER_RAY;
const option = (name) => words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const grpc = { ':status': 200, 'content-type': 'application/grpc' };
// One frame of five bytes before it: HealthCheckResponse with status 1, SERVING.
const serving = Buffer.from('00000000020801', 'hex');

function serve(port, host) {
  const server = createServer();
  server.on('stream', (stream, { ':path': path }) => {
    stream.on('error', () => undefined);
    if (path !== '/grpc.health.v1.Health/Check')
      return stream.respond({ ...grpc, 'grpc-status': 12, 'grpc-message': 'unknown method' }, { endStream: true });
    stream.respond(grpc, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': 0 }));
    stream.end(serving);
  });
  server.on('sessionError', () => undefined);
  server.listen(Number(port), host);
}

function start() {
  writeFileSync(join(folder, String(process.pid)), option('num-gpus') ?? '0');
  if (words.includes('--head')) serve(option('port'), option('node-ip-address'));
  setInterval(() => undefined, 1_000);
  process.on('SIGTERM', () => process.exit(1));
}

function status() {
  writeFileSync(join(folder, '.asked'), `${process.pid} ${words.join(' ')}`);
  const nodes = readdirSync(folder).filter((name) => name !== '.asked');
  if (process.env.NEWER_RAY_STATUS === 'hangs') return setInterval(() => undefined, 1_000);
  if (process.env.NEWER_RAY_STATUS === 'fails') throw new Error('no such thing as a status any more');
  const lines = nodes.map((name) => ` 1 node_${name}`);
  const total = `${nodes.length}.0 GPU`;
  return process.stdout.write(`Node status\nActive:\n${lines.join('\n')}\nPending:\n\nTotal Usage:\n 0.0/${total}\n\n`);
}

if (verb === 'start') start();
else status();
