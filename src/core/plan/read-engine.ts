// The engine command as its own parser reads it: which program, and the words that a launch depends on.
import type { Problem, Warning } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { Facts } from '#core/facts.ts';
import type { Options } from '#core/options.ts';
import { quote } from '#core/quote.ts';
import type { YamlReading } from '#core/yaml.ts';
import { readCommand } from '#upstream/vllm/command.ts';
import type { EngineProgram, EngineWords, ReadOptions } from '#upstream/vllm/read-words.ts';
import { readWords } from '#upstream/vllm/read-words.ts';

import type { Launch, Remarks } from './launch.ts';
import type { Profile } from './plan.ts';

type Reading = Pick<Launch, 'program' | 'profile' | 'engineWords' | 'fields'>;

/** Returns what the command runs and how its parser reads it, with what that parser refuses as problems. */
export function readEngine(
  command: readonly string[],
  facts: Facts,
  options: Options,
  document: YamlReading | null,
): Remarks & { readonly reading: Reading } {
  const seen = readCommand(command);
  const profile: Profile = options.engine ?? seen.profile;
  const program = parserOf(profile, seen.program);
  if (program === null) {
    const reading = { program: seen.program, profile, engineWords: seen.engineWords, fields: null };
    return { reading, warnings: [], problems: [] };
  }
  const config = configOf(facts, document);
  const words = command.slice(seen.engineWords);
  const fields = readWords(words, {
    program,
    env: facts.env,
    ...(config.value === null ? {} : { config: config.value }),
  });
  const reading = { program: seen.program, profile, engineWords: seen.engineWords, fields };
  return { reading, warnings: unknownWords(fields), problems: [...config.problems, ...refused(fields)] };
}

function parserOf(profile: Profile, program: string): EngineProgram | null {
  if (program === 'vllm-serve' || program === 'openai-api-server' || program === 'dynamo-vllm') return program;
  if (profile === 'command') return null;
  return profile === 'dynamo' ? 'dynamo-vllm' : 'vllm-serve';
}

type Config = { readonly value: NonNullable<ReadOptions['config']> | null; readonly problems: readonly Problem[] };

function configOf({ engineConfig }: Facts, document: YamlReading | null): Config {
  if (engineConfig === null) return { value: null, problems: [] };
  const shown = quote(engineConfig.path);
  if ('missing' in engineConfig) {
    const message = `cannot read the engine's --config ${shown}: ${engineConfig.missing}`;
    return { value: null, problems: [problem('config', message, 'mount the file on every node, or correct the path')] };
  }
  if (document === null) return { value: null, problems: [] };
  if (document.ok) return { value: document.value as Config['value'], problems: [] };
  const message = `cannot read the engine's --config ${shown}: line ${document.line}, column ${document.column}: ${document.message}`;
  return { value: null, problems: [problem('input', message, 'correct the YAML')] };
}

const refused = (fields: EngineWords): Problem[] =>
  fields.help
    ? []
    : fields.errors.map((error) =>
        problem('config', `cannot start the engine: it refuses ${error.message}`, 'correct the engine command'),
      );

function unknownWords({ unknown, help }: EngineWords): Warning[] {
  if (help || unknown.length === 0) return [];
  const shown = unknown.slice(0, 8).map(quote).join(', ');
  return [
    { code: 'unknown-engine-words', message: `words of the engine command that no engine we know takes: ${shown}` },
  ];
}
