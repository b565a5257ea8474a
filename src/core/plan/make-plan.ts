// Facts, options and a command in, the whole plan out. Pure: `plan` prints it, `run` performs it.
// Order: who are we, what is the command, which backend, which outcome, what is refused, then words, variables, gates.
import { exitCode } from '#core/errors.ts';
import type { Facts } from '#core/facts.ts';
import { identify } from '#core/identity/identify.ts';
import { readPodinfo } from '#core/identity/podinfo.ts';
import type { Options } from '#core/options.ts';
import type { YamlReading } from '#core/yaml.ts';

import { engineArgv, mendsWords, refusedTogether } from './argv.ts';
import { commandOf } from './command-words.ts';
import { deadlinesOf, drainDelayOf } from './deadlines.ts';
import { ranksRemarks } from './data-parallel.ts';
import { decide } from './decide.ts';
import { engineEnvironment } from './environment.ts';
import { fitRemarks } from './fit.ts';
import { fingerprint } from './fingerprint.ts';
import { fateOf, gatesOf, leaderReadinessOf, portsOf, readinessOf } from './gates.ts';
import type { Decided, Remarks } from './launch.ts';
import { allRemarks, noRemarks, serves } from './launch.ts';
import { missingParts } from './missing.ts';
import { serviceRemarks, servicesOf } from './services.ts';
import type { Deadlines, EngineNeeds, LaunchPlan, PlanDocument, ProcessSpec } from './plan.ts';
import { portRemarks, rankPorts } from './node-ports.ts';
import { oldNameRemarks } from './old-names.ts';
import { foreignRayPlaces, foreignRayRemarks } from './foreign-ray.ts';
import { operatorKeyRemarks } from './operator-keys.ts';
import { authRemarks } from './ray-auth.ts';
import { rayPlanOf } from './ray-place.ts';
import { rayProcess } from './ray-processes.ts';
import { rayRemarks } from './ray-refusals.ts';
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
  const { launch } = decided;
  const deadlines = deadlinesOf(launch);
  const built = engineArgv(launch, deadlines, drainDelayOf(launch));
  const remarks = allRemarks(
    podinfo,
    identification,
    built !== null && mendsWords(launch, built.ours) ? { ...engine, problems: engine.unread } : engine,
    decided,
    { warnings: [], problems: [...refusals(launch), ...missingParts(launch)] },
    fitRemarks(launch),
    ranksRemarks(launch),
    portRemarks(launch),
    rayRemarks(launch),
    authRemarks(launch),
    foreignRayRemarks(launch),
    systemServerRemarks(launch),
    { warnings: serviceRemarks(launch), problems: [] },
    rehearsalRemarks(launch),
    versionRemarks(launch),
    operatorKeyRemarks(launch),
    oldNameRemarks(launch),
    built ?? noRemarks,
  );
  // Asked last: what is refused before explains it better.
  const together = built === null || remarks.problems.length > 0 ? [] : refusedTogether(launch, built.ours);
  const processes = built === null ? [] : processesOf(launch, deadlines, built.argv);
  return assemble(launch, deadlines, processes, allRemarks(remarks, { warnings: [], problems: together }));
}

/** Returns what starts here, in that order: Ray before the engine, and an agent of Ray without one. */
function processesOf(launch: Decided, deadlines: Deadlines, argv: readonly string[]): ProcessSpec[] {
  const ray = rayPlanOf(launch);
  const before = ray === null ? [] : [rayProcess(launch, ray)];
  if (ray?.role === 'agent') return before;
  const env = engineEnvironment(launch, deadlines);
  return [...before, { name: 'engine', argv, env, after: before.map(({ name }) => name) }];
}

function assemble(
  launch: Decided,
  deadlines: Deadlines,
  processes: readonly ProcessSpec[],
  remarks: Remarks,
): LaunchPlan {
  const { facts, identity, podinfo, decision, options } = launch;
  const document: PlanDocument = {
    schema: 1,
    identity,
    annotations: { values: podinfo.annotations, source: podinfo.source },
    gpus: { count: facts.gpus?.count ?? null, source: facts.gpus?.source ?? null },
    decision,
    engine: engineSummary(launch),
    processes,
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
    leaderReadiness: leaderReadinessOf(launch),
    needs: needsOf(launch),
    foreignRay: remarks.problems.length > 0 ? [] : foreignRayPlaces(launch),
    fingerprint: fingerprint(launch),
    rehearsal: options.rehearse && launch.profile !== 'command',
    ray: rayPlanOf(launch),
  };
}

function needsOf(launch: Decided): EngineNeeds {
  const { fields } = launch;
  const host = fields?.host.value ?? null;
  return {
    model: fields?.model.value ?? null,
    downloads: fields?.downloadDir.value ?? null,
    host: host === '0.0.0.0' || host === '::' ? null : host,
    services: servicesOf(launch),
    rankPorts: serves(launch) ? rankPorts(launch) : [],
  };
}
