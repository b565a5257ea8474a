// The words of one launcher of a local group: the user's own options, its place, and ports of its own.
import type { OptionName, OptionOrigins, Options } from '#core/options.ts';
import { optionTable, renderDuration } from '#core/options.ts';

export type LocalCommand = {
  readonly options: Options;
  readonly origins: OptionOrigins;
  readonly argv: readonly string[];
};

// Two ports a node: status and group, side by side.
const stride = 2;
const placed = new Set<OptionName>(['nodes', 'group', 'status-port', 'group-port', 'journal', 'termination-log']);

/** Returns the words after the program's name for the launcher of a rank. */
export function localWords({ options, origins, argv }: LocalCommand, rank: number, group: string): string[] {
  const shift = stride * rank;
  const place = {
    nnodes: options.nodes,
    'node-rank': rank,
    leader: `127.0.0.1:${options['group-port']}`,
    'local-group': options.group ?? group,
    'group-port': options['group-port'] + shift,
    'status-port': options['status-port'] === 0 ? 0 : options['status-port'] + shift,
  };
  const files = (['journal', 'termination-log'] as const).flatMap((name) => {
    const path = options[name];
    return path === null ? [] : [`--${name}`, `${path}.${rank}`];
  });
  const placing = Object.entries(place).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return ['run', ...given(options, origins), ...placing, ...files, '--', ...argv];
}

function given(options: Options, origins: OptionOrigins): string[] {
  return (Object.keys(optionTable) as OptionName[]).flatMap((name) => {
    const { kind, commands } = optionTable[name];
    const value = options[name];
    const chosen = origins[name] === 'option' || origins[name] === 'variable';
    if (!chosen || placed.has(name) || !(commands as readonly string[]).includes('run') || value === null) return [];
    if (kind === 'flag') return value === true ? [`--${name}`] : [];
    // A list becomes its words with commas.
    return [`--${name}`, kind === 'duration' ? renderDuration(Number(value)) : String(value)];
  });
}
