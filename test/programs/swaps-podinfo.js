// Swaps the version of a downward API volume as fast as it can, as the kubelet swaps it; deletes a version 500 swaps later.
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';

const [directory] = process.argv.slice(2);
for (let version = 1; process.ppid > 1; version += 1) {
  mkdirSync(`${directory}/..${version}`);
  for (const name of ['annotations', 'labels']) writeFileSync(`${directory}/..${version}/${name}`, `v="${version}"`);
  symlinkSync(`..${version}`, `${directory}/..data_tmp`);
  renameSync(`${directory}/..data_tmp`, `${directory}/..data`);
  if (version === 1) process.send('ready');
  rmSync(`${directory}/..${version - 500}`, { recursive: true, force: true });
}
