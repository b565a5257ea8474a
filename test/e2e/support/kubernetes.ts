// A real API server with its etcd and no node: what admission needs. The binaries are those of scripts/kubernetes.
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePorts } from './ports.ts';
import { newFolder } from './start.ts';

const run = promisify(execFile);
const token = 'lab';

export type Kubectl = (words: readonly string[], input?: string) => Promise<string>;

/** Starts an empty cluster and resolves when it is ready. */
export async function startKubernetes(binaries: string) {
  const folder = newFolder();
  const port = await freePorts();
  const [etcdPort, peerPort] = [port + 1, port + 2];
  const children: ChildProcess[] = [];
  const begin = (name: string, program: string, words: readonly string[]): void => {
    const log = openSync(join(folder, `${name}.log`), 'a');
    children.push(spawn(program, words, { cwd: folder, stdio: ['ignore', log, log] }));
  };
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,1,system:masters\n`);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
  begin('etcd', 'etcd', etcdWords(etcdPort, peerPort));
  begin('kube-apiserver', join(binaries, 'kube-apiserver'), serverWords(port, etcdPort));
  const kubectl = kubectlOf(join(binaries, 'kubectl'), folder, port);
  await readied(kubectl, folder, children);
  return {
    kubectl,
    stop: async () => {
      for (const child of children.toReversed()) {
        if (child.exitCode !== null) continue;
        child.kill('SIGTERM');
        await once(child, 'close');
      }
    },
  };
}

const etcdWords = (port: number, peerPort: number): readonly string[] => [
  ...['--data-dir', 'etcd', '--unsafe-no-fsync'],
  ...[`--listen-client-urls=http://127.0.0.1:${port}`, `--advertise-client-urls=http://127.0.0.1:${port}`],
  ...[`--listen-peer-urls=http://127.0.0.1:${peerPort}`, `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`],
  `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
];

// The address is never used: it only must not be a loopback one.
const serverWords = (port: number, etcdPort: number): readonly string[] => [
  ...[
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--cert-dir=certs',
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
  ],
  ...['--advertise-address=192.0.2.1', '--endpoint-reconciler-type=none', '--service-cluster-ip-range=10.97.0.0/16'],
  ...[
    '--service-account-issuer=https://lab',
    '--service-account-signing-key-file=sa.key',
    '--service-account-key-file=sa.key',
  ],
  ...['--token-auth-file=tokens.csv', '--authorization-mode=RBAC'],
];

function kubectlOf(program: string, folder: string, port: number): Kubectl {
  const server = { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'lab',
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'admin' } }],
    users: [{ name: 'admin', user: { token } }],
    clusters: [{ name: 'lab', cluster: server }],
  };
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, JSON.stringify(config));
  return async (words, input = '') => {
    const asked = run(program, ['--kubeconfig', path, ...words], {
      env: { HOME: folder },
      timeout: 60_000,
      maxBuffer: 2 ** 26,
    });
    asked.child.stdin?.end(input);
    return (await asked).stdout;
  };
}

async function readied(kubectl: Kubectl, folder: string, children: readonly ChildProcess[]): Promise<void> {
  const limit = Date.now() + 120_000;
  for (;;) {
    const ready = await kubectl(['get', '--raw', '/readyz']).catch(() => '');
    if (ready === 'ok') return;
    const ended = children.find(({ exitCode }) => exitCode !== null);
    if (ended !== undefined || Date.now() > limit)
      throw new Error(readFileSync(join(folder, 'kube-apiserver.log'), 'utf8').slice(-3_000));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
