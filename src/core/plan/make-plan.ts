// Facts, options and a command in, the whole plan out. Pure: `plan` prints it, `run` performs it.
// Order: who are we, what is the command, which backend, which outcome, what is refused, then words, variables, gates.
import { exitCode } from '#core/errors.ts';
import type { Facts } from '#core/facts.ts';
import { identify } from '#core/identity/identify.ts';
import { readPodinfo } from '#core/identity/podinfo.ts';
import type { Options } from '#core/options.ts';
import type { YamlReading } from '#core/yaml.ts';

import { engineArgv } from './argv.ts';
import { commandOf } from './command-words.ts';
import { deadlinesOf, drainDelayOf } from './deadlines.ts';
import { decide } from './decide.ts';
import { engineEnvironment } from './environment.ts';
import { fitRemarks } from './fit.ts';
import { fingerprint } from './fingerprint.ts';
import { fateOf, gatesOf, portsOf, readinessOf } from './gates.ts';
import type { Decided, Remarks } from './launch.ts';
import { allRemarks, noRemarks } from './launch.ts';
import { missingParts } from './missing.ts';
import type { Deadlines, LaunchPlan, PlanDocument, ProcessSpec } from './plan.ts';
import { readEngine } from './read-engine.ts';
import { rehearsalRemarks } from './rehearsal.ts';
import { refusals } from './refusals.ts';
import { engineSummary } from './summary.ts';
import { systemServerRemarks } from './system-server.ts';
import { versionRemarks } from './versions.ts';

// A better cause may come from a slower member; a GPU's evidence takes longer (design section 6).
const amendMs = 500;
const amendWithGpusMs = 3_000;

/** Returns the plan of a launch; `config` is the engine's --config file, read. What stands in `problems` keeps it from being run. */
export function makePlan(
  facts: Facts,
  options: Options,
  words: readonly string[],
  config: YamlReading | null,
): LaunchPlan {
  const podinfo = readPodinfo(facts, options);
  const identification = identify(facts, podinfo, options);
  const command = commandOf(words);
  const engine = readEngine(command, facts, options, config);
  const decided = decide({ facts, options, podinfo, identity: identification.identity, command, ...engine.reading });
  const deadlines = deadlinesOf(decided.launch);
  const built = buildEngine(decided.launch, deadlines);
  const refused = { warnings: [], problems: [...refusals(decided.launch), ...missingParts(decided.launch)] };
  const remarks = allRemarks(
    podinfo,
    identification,
    engine,
    decided,
    refused,
    fitRemarks(decided.launch),
    systemServerRemarks(decided.launch),
    rehearsalRemarks(decided.launch),
    versionRemarks(decided.launch),
    built.remarks,
  );
  return assemble(decided.launch, deadlines, built.process, remarks);
}

function buildEngine(launch: Decided, deadlines: Deadlines): { process: ProcessSpec | null; remarks: Remarks } {
  const built = engineArgv(launch, deadlines, drainDelayOf(launch));
  if (built === null) return { process: null, remarks: noRemarks };
  const { argv, ...remarks } = built;
  return {
    process: { name: 'engine', argv: [...argv], env: engineEnvironment(launch, deadlines), after: [] },
    remarks,
  };
}

function assemble(launch: Decided, deadlines: Deadlines, process: ProcessSpec | null, remarks: Remarks): LaunchPlan {
  const { facts, identity, podinfo, decision, options } = launch;
  const document: PlanDocument = {
    schema: 1,
    identity,
    annotations: { values: podinfo.annotations, source: podinfo.source },
    gpus: { count: facts.gpus?.count ?? null, source: facts.gpus?.source ?? null },
    decision,
    engine: engineSummary(launch),
    processes: process === null ? [] : [process],
    gates: gatesOf(launch, deadlines),
    ports: portsOf(launch),
    deadlines,
    warnings: remarks.warnings,
    errors: remarks.problems.map(({ name, message, hint }) => ({ code: exitCode(name), name, message, hint })),
  };
  return {
    document,
    problems: remarks.problems,
    host: facts.hostname,
    fate: fateOf(launch),
    exits: launch.profile === 'command' ? 'command' : 'engine',
    drainDelayMs: drainDelayOf(launch),
    amendMs: facts.gpus?.devices === true && facts.gpus.count > 0 ? amendWithGpusMs : amendMs,
    readiness: readinessOf(launch),
    fingerprint: fingerprint(launch),
    rehearsal: options.rehearse && launch.profile !== 'command',
  };
}
