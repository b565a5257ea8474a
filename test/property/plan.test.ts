import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';

import { exitCodes } from '#core/errors.ts';
import { commandOf } from '#core/plan/command-words.ts';
import { placeEngine } from '#core/plan/engine-place.ts';
import { makePlan } from '#core/plan/make-plan.ts';
import { planSchema } from '#core/plan/schema.ts';
import { readWords } from '#upstream/vllm/read-words.ts';

import type { ArbitraryLaunch } from './arbitrary/launch.ts';
import { launches, spanningLaunches } from './arbitrary/launch.ts';

const planOf = ({ facts, options, words, config }: ArbitraryLaunch) => makePlan(facts, options, words, config);
const runs = { numRuns: 500 };

test('a plan is always whole, whatever it is made of, and each error says what and what to do', () => {
  fc.assert(
    fc.property(launches, (launch) => {
      const { document, problems } = planOf(launch);
      expect(v.safeParse(planSchema, document).issues ?? []).toEqual([]);
      expect(document.errors).toEqual(problems.map((each) => ({ code: exitCodes[each.name].code, ...each })));
      for (const { message, hint } of problems) {
        expect(message).toMatch(/^cannot ./);
        expect(hint).not.toBe('');
      }
      for (const { code, message } of document.warnings) expect(code.length * message.length).toBeGreaterThan(0);
      if (document.decision.outcome === null) expect(problems).not.toEqual([]);
      if (problems.length === 0) {
        const onRay = document.decision.outcome === 'ray' || document.decision.outcome === 'elastic-ep';
        const here = onRay
          ? document.identity.rank === 0 || document.identity.size === 1
            ? ['ray-head', 'engine']
            : ['ray-agent']
          : ['engine'];
        expect(document.processes.map(({ name }) => name)).toEqual(here);
      }
    }),
    runs,
  );
});

test('the same facts make the same plan', () => {
  fc.assert(
    fc.property(launches, (launch) => {
      expect(planOf(structuredClone(launch))).toEqual(planOf(launch));
    }),
    { numRuns: 100 },
  );
});

test('the words of the user reach the engine byte for byte, and nothing follows them but in mp and on Ray', () => {
  fc.assert(
    fc.property(launches, (launch) => {
      const { document, rehearsal } = planOf(launch);
      const command = commandOf(launch.words);
      expect(document.engine.command).toEqual(command);
      const engine = document.processes.find(({ name }) => name === 'engine');
      if (engine === undefined || rehearsal) return;
      expect(engine.argv.slice(0, command.length)).toEqual(command);
      const { outcome } = document.decision;
      if (outcome !== 'mp' && outcome !== 'ray') expect(engine.argv).toEqual(command);
    }),
    runs,
  );
});

test('what mp runs is what its parser reads: who this node is, and nothing that it refuses', () => {
  let spanning = 0;
  fc.assert(
    fc.property(spanningLaunches, (launch) => {
      const { document, problems } = planOf(launch);
      const [engine] = document.processes;
      if (engine === undefined || problems.length > 0 || document.decision.outcome !== 'mp') return;
      const { parser } = placeEngine(document.engine.command, launch.options.engine);
      if (parser === null) throw new Error('mp needs words that can be read');
      const { engineWords } = placeEngine(engine.argv, launch.options.engine);
      const begin = launch.options.rehearse ? beginOf(engine.argv) : engineWords;
      const config = launch.config?.ok === true ? { config: launch.config.value as string } : {};
      const read = readWords(engine.argv.slice(begin), { program: parser, env: launch.facts.env, ...config });
      const { rank, size, leader } = document.identity;
      expect(read.help ? [] : read.errors).toEqual([]);
      expect({
        backend: read.executorBackend.value,
        nnodes: read.nnodes.value,
        address: read.masterAddr.value.toLowerCase(),
        port: read.masterPort.value,
        rank: read.nodeRank.value,
        headless: read.headless.value,
      }).toEqual({
        backend: 'mp',
        nnodes: size,
        address: leader?.host.toLowerCase(),
        port: launch.options['master-port'],
        rank,
        headless: rank !== 0,
      });
      spanning++;
    }),
    { numRuns: 1_000 },
  );
  expect(spanning).toBeGreaterThan(50);
});

/** Where the engine's own words begin behind the rehearsal program. */
const beginOf = (argv: readonly string[]): number => {
  const verb = argv.indexOf('serve');
  return verb === -1 ? argv.indexOf('dynamo.vllm') + 1 : verb + 1;
};

test('a variable that the user set is never set by us', () => {
  fc.assert(
    fc.property(launches, (launch) => {
      for (const { env } of planOf(launch).document.processes)
        for (const name of Object.keys(env.set))
          expect(Object.hasOwn(launch.facts.env, name) ? launch.facts.env[name] : '').toBe('');
    }),
    runs,
  );
});
