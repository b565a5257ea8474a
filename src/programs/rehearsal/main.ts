import { existsSync } from 'node:fs';

import { beEngineCore } from './engine-core.ts';
import { parseFaults, type Fault } from './faults.ts';
import { beHeadless } from './headless.ts';
import { helpText } from './help.ts';
import { KIN_WORD, type KinRole, type Setup, type ToKin } from './kin.ts';
import { DEFAULT_PACE, delaysAt } from './pace.ts';
import { finish, outliveReaders } from './say.ts';
import { beServer } from './server.ts';
import { readSettings, type Settings } from './settings.ts';
import { shapeOf } from './shape.ts';
import { beDaemon, beForker, leaveWithParent } from './told.ts';
import { beWorker } from './worker.ts';

// The rehearsal engine: behaves like `vllm serve` or `python -m dynamo.vllm` from outside, and computes nothing.

const NAME = 'rehearsal';

const main = (words: readonly string[]): void => {
  outliveReaders();
  if (words[0] === KIN_WORD) return beKin(words[1] ?? '');
  if (words.length === 0 || words[0] === '--help' || words[0] === '-h') return print(helpText());
  process.stderr.write(
    'This is a rehearsal engine: it behaves like vLLM from outside, loads no model and computes nothing.\n',
  );
  const settings = readSettings(words, process.env);
  if ('why' in settings) return settings.status === 0 ? print(helpText()) : refuse(settings.status, settings.why);
  const faults = parseFaults(process.env['REHEARSAL_FAULT'] ?? '');
  if ('wrong' in faults) return refuse(2, faults.wrong);
  const pace = Number(process.env['REHEARSAL_PACE'] || DEFAULT_PACE);
  if (!(pace >= 0 && pace <= 10)) return refuse(2, wrongPace(process.env['REHEARSAL_PACE'] ?? ''));
  start(settings, faults, pace);
};

const wrongPace = (value: string) =>
  `cannot rehearse at REHEARSAL_PACE=${value}: it is a number from 0 to 10, 1 for the times of the real engine`;

const start = (settings: Settings, faults: readonly Fault[], pace: number): void => {
  const missing = missingModel(settings.model);
  if (missing !== null) return refuse(1, missing);
  const shape = shapeOf(settings);
  if ('wrong' in shape) return refuse(1, shape.wrong);
  const mine = faults.filter(({ node }) => node === null || node === settings.nodeRank);
  const setup: Setup = { delays: delaysAt(pace), faults: mine, core: null, worker: null, forked: false };
  if (mine.some(({ kind }) => kind === 'die-at-start')) return refuse(1, 'RuntimeError: told to die at the start');
  if (settings.headless) beHeadless(settings, shape, setup);
  else void beServer(settings, shape, setup, process.env);
};

// A name that looks like a path is one; anything else would be a model of a hub, which a rehearsal does not ask for.
const missingModel = (model: string): string | null =>
  /^\.{0,2}\//.test(model) && !existsSync(model)
    ? `OSError: ${model} is not a local folder and is not a valid model identifier`
    : null;

const beKin = (role: string): void => {
  // Whoever started us speaks first; without a parent to listen to there is nothing to be.
  if (process.send === undefined || !isRole(role))
    return refuse(2, `cannot be "${role}": that is said by the rehearsal engine to its own children`);
  process.once('message', (first: ToKin) => {
    if (first.kind !== 'setup') return refuse(2, `cannot be "${role}" without a setup`);
    if (role === 'worker' || role === 'engine-core') leaveWithParent(first.setup);
    KIN[role](first.setup, (heard) => process.on('message', heard));
  });
};

const KIN: Readonly<Record<KinRole, (setup: Setup, onMessage: (heard: (message: ToKin) => void) => void) => void>> = {
  'engine-core': beEngineCore,
  worker: beWorker,
  daemon: beDaemon,
  forker: beForker,
};

const isRole = (role: string): role is KinRole => Object.hasOwn(KIN, role);

const print = (text: string): void => {
  process.stdout.write(text);
};

const refuse = (status: number, why: string): void => {
  process.stderr.write(`${NAME}: ${why}\n`);
  finish(status);
};

main(process.argv.slice(2));
