// The group as one launcher sees it, once or again every second.
import { setTimeout as delay } from 'node:timers/promises';

import { exitCode, problem } from '#core/errors.ts';
import type { Problem } from '#core/errors.ts';
import { renderProblem } from '#core/report/problem-text.ts';
import { readStatus } from '#core/report/schema.ts';
import { renderStatus } from '#core/report/status-text.ts';
import { getJson } from '#edge/network/http.ts';

import { askMs, placeOf, renderPlace } from './ask-launcher.ts';
import type { Place } from './ask-launcher.ts';
import type { Story } from './context.ts';

const everyMs = 1_000;
const clearScreen = '\u001b[H\u001b[2J';

/** Prints the group and resolves to 0, or to 69 where no launcher answers; with --watch it goes on until a signal. */
export const status: Story<'status'> = async ({ options }, { stdout, stderr, terminalWidth }) => {
  const place = placeOf(options);
  if ('message' in place) {
    await stderr(renderProblem(place));
    return exitCode(place.name);
  }
  if (!options.watch) {
    const shown = await look(place, options.json);
    await (typeof shown === 'string' ? stdout(shown) : stderr(renderProblem(shown)));
    return typeof shown === 'string' ? 0 : exitCode(shown.name);
  }
  for (;;) {
    const shown = await look(place, options.json);
    const text = typeof shown === 'string' ? shown : renderProblem(shown);
    await stdout(terminalWidth() === null || options.json ? text : clearScreen + text);
    await delay(everyMs);
  }
};

async function look(place: Place, json: boolean): Promise<string | Problem> {
  const answer = await getJson(place.host, place.port, '/status', askMs);
  if (!answer.ok) return unreachable(place, answer.reason);
  const read = readStatus(answer.value);
  if (!read.ok) return unreachable(place, `HTTP ${answer.status}, but not from a launcher (${read.reason})`);
  return json ? `${JSON.stringify(answer.value)}\n` : renderStatus(read.document);
}

const unreachable = (place: Place, reason: string): Problem =>
  problem(
    'unreachable',
    `cannot show the group: ${renderPlace(place)} (--address) does not answer: ${reason}`,
    'look whether vllm-launch run is up there and which --status-port it has',
  );
