import { expect, test } from 'vitest';

import { dynamoTable, engineTable, routerTable, serveTable } from '#upstream/vllm/option-table.ts';

test.each([
  ['--tensor-parallel-size', { option: '--tensor-parallel-size', eats: 'value', on: true }],
  ['-tp', { option: '--tensor-parallel-size', eats: 'value', on: true }],
  ['-n', { option: '--nnodes', eats: 'value', on: true }],
  ['-r', { option: '--node-rank', eats: 'value', on: true }],
  ['-dpr', { option: '--data-parallel-start-rank', eats: 'value', on: true }],
  ['-dpn', { option: '--data-parallel-rank', eats: 'value', on: true }],
  ['--served-model-name', { option: '--served-model-name', eats: 'list', on: true }],
  ['--hf-token', { option: '--hf-token', eats: 'optional', on: true }],
  ['-dpm', { option: '--data-parallel-multi-port-external-lb', eats: 'flag', on: true }],
  ['-ep', { option: '--enable-expert-parallel', eats: 'toggle', on: true }],
  ['--no-enable-expert-parallel', { option: '--enable-expert-parallel', eats: 'toggle', on: false }],
])('the engine and vllm serve know %s', (name, spelling) => {
  expect(engineTable().names.get(name)).toEqual(spelling);
  expect(serveTable().names.get(name)).toEqual(spelling);
});

test('vllm serve has more options than the engine', () => {
  expect(serveTable().names.get('--headless')).toEqual({ option: '--headless', eats: 'flag', on: true });
  expect(serveTable().names.get('-asc')).toEqual({ option: '--api-server-count', eats: 'value', on: true });
  expect(serveTable().names.has('--no-headless')).toBe(false);
  expect(engineTable().names.has('--headless')).toBe(false);
  expect(engineTable().names.has('--config')).toBe(false);
  expect([...engineTable().names.keys()].filter((name) => !serveTable().names.has(name))).toEqual([]);
});

test("Dynamo's options are its own", () => {
  expect(dynamoTable().names.get('--no-headless')).toEqual({ option: '--headless', eats: 'toggle', on: false });
  expect(dynamoTable().names.get('--output-modalities')).toMatchObject({ eats: 'any' });
  expect(dynamoTable().names.get('--dyn-structural-tag')).toMatchObject({ eats: 'optional' });
  expect(dynamoTable().names.has('-tp')).toBe(false);
  expect(routerTable().names.get('--no-kv-events')).toEqual({
    option: '--router-kv-events',
    eats: 'toggle',
    on: false,
  });
});

test('one-dash names have no no- form, and no table has an empty name', () => {
  for (const table of [serveTable(), engineTable(), dynamoTable(), routerTable()])
    for (const [name, { option }] of table.names) {
      expect(name).toMatch(/^-(-[a-z0-9]|[a-z])/);
      expect(name).not.toMatch(/^--no--|^--no-[^-]*$(?<!--no-[a-z0-9]+)/);
      expect(option).toMatch(/^--[a-z0-9]/);
    }
});

test.each([
  ['serve', serveTable, true, true],
  ['engine', engineTable, true, false],
  ['dynamo', dynamoTable, false, false],
  ['router', routerTable, true, false],
])('%s: abbreviations and the model as a word', (_, table, abbreviations, positional) => {
  expect(table()).toMatchObject({ abbreviations, positional });
});
