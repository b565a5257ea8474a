// Writes the tables of README.md and ARCHITECTURE.md that the code has: node scripts/readme.js
// Each stands between <!-- NAME:start --> and <!-- NAME:end -->; everything else in the file is left as it is.
import { readFileSync, writeFileSync } from 'node:fs';

import { load } from './load.js';

const {
  optionTable,
  exitCodes,
  table: machine,
  sources,
  aboutSources,
  isAsked,
  deadlineNames,
  sectionTitles,
  placeholderOf,
  defaultOf,
} = await load(`
  export { optionTable } from '#core/options.ts';
  export { exitCodes } from '#core/errors.ts';
  export { aboutSources, isAsked, sources } from '#core/identity/sources/table.ts';
  export { table } from '#core/supervision/table.ts';
  export { deadlineNames } from '#core/plan/schema.ts';
  export { defaultOf, sectionTitles } from '#cli/help.ts';
  export { placeholderOf } from '#cli/value.ts';`);

const cell = (text) => text.replaceAll('|', '\\|');
const row = (cells) => `| ${cells.map(cell).join(' | ')} |`;
const table = (head, rows) => [row(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(row)].join('\n');

function optionWord(name, spec) {
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  return `\`${short}--${name}${spec.kind === 'flag' ? '' : ` ${placeholderOf(spec)}`}\``;
}

function options() {
  const visible = Object.entries(optionTable).filter(([, spec]) => spec.hidden !== true);
  return Object.entries(sectionTitles)
    .map(([section, title]) => {
      const rows = visible
        .filter(([, spec]) => spec.section === section)
        .map(([name, spec]) => [optionWord(name, spec), spec.describe, defaultOf(spec), spec.commands.join(' ')]);
      return `**${title}**\n\n${table(['option', 'what it says', 'default', 'commands'], rows)}`;
    })
    .join('\n\n');
}

const exits = () =>
  table(
    ['code', 'name', 'meaning', 'retry'],
    Object.entries(exitCodes).map(([name, { code, meaning, retry }]) => [String(code), name, meaning, retry]),
  );

const tried = { engines: 'real launches', recorded: 'recorded environments', tests: 'tests alone' };

const hostSystems = () =>
  table(
    ['source', 'decides', 'gives', 'reads', 'tried on'],
    sources.map(({ name }) => {
      const { gives, reads, tried: on } = aboutSources[name];
      return [name, isAsked(name) ? `with \`--trust-source ${name}\`` : 'yes', gives, reads, tried[on]];
    }),
  );

const deadlines = () =>
  table(
    ['deadline', 'option', 'default', 'of what'],
    deadlineNames.map((name) => {
      const option = name === 'grace' ? name : `${name}-timeout`;
      return [name, `\`--${option}\``, defaultOf(optionTable[option]), optionTable[option].describe];
    }),
  );

function phases() {
  const names = Object.keys(machine);
  const events = Object.keys(machine[names[0]]);
  const entry = (step) => (step === 'ignored' ? '·' : step.name || 'acts');
  return table(
    ['', ...names],
    events.map((event) => [event, ...names.map((phase) => entry(machine[phase][event]))]),
  );
}

write('README.md', { options, sources: hostSystems, 'exit-codes': exits, deadlines });
write('ARCHITECTURE.md', { phases });

function write(file, blocks) {
  const path = new URL(`../${file}`, import.meta.url);
  let text = readFileSync(path, 'utf8');
  for (const [name, render] of Object.entries(blocks)) {
    const block = new RegExp(`(<!-- ${name}:start -->\n)[\\s\\S]*?(<!-- ${name}:end -->)`);
    if (!block.test(text))
      throw new Error(`cannot write ${file}: it has no <!-- ${name}:start --> and :end; put them back`);
    text = text.replace(block, (_, start, end) => `${start}${render()}\n${end}`);
  }
  writeFileSync(path, text);
}
