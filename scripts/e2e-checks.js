// What is checked of a group of real engines, and how many checks held.
import { commandLines, until } from './group-lab.js';

const readyMs = 300_000;
export const endMs = 60_000;
const counted = { passed: 0, failures: [] };

/** How many checks held, and which did not. */
export const tally = () => counted;

/** Says whether it holds, and counts it. */
export function check(what, ok, detail = '') {
  console.log(`${ok ? 'ok' : 'NOT OK'} - ${what}${ok ? '' : `: ${detail}`}`);
  if (ok) counted.passed += 1;
  else counted.failures.push(what);
}

/** Waits until each launcher says 200 at /readyz; throws as soon as one ended. */
export async function ready(lab, group) {
  const alive = () => {
    const gone = group.find((one) => one.child.exitCode !== null);
    if (gone !== undefined)
      throw new Error(`launcher ${gone.node} ended with ${gone.child.exitCode}: ${gone.text().slice(-3000)}`);
  };
  for (const { node } of group) {
    const url = `http://10.77.0.${10 + node}:9440/readyz`;
    await until(`/readyz of node ${node}`, readyMs, () => (alive(), lab.http(url)?.status === 200), 1_000);
    check(`/readyz is 200 on node ${node}`, true);
  }
}

/** A completion, or a chat behind Dynamo's frontend, is answered. */
export async function answers(lab, model, { dynamo = false, node = 0 } = {}) {
  if (!dynamo) {
    const body = { model, prompt: 'hello', max_tokens: 4 };
    const answer = lab.http(`http://10.77.0.${10 + node}:8000/v1/completions`, body);
    return check(
      `a completion answers on node ${node}`,
      answer?.status === 200 && answer.text.includes('choices'),
      JSON.stringify(answer),
    );
  }
  const models = 'http://10.77.0.10:8080/v1/models';
  await until('the frontend lists the model', 60_000, () => lab.http(models)?.text.includes('"id"'), 1_000);
  const body = { model, messages: [{ role: 'user', content: 'hello' }], max_tokens: 4 };
  const answer = await until('a chat answer', 60_000, () => {
    const said = lab.http('http://10.77.0.10:8080/v1/chat/completions', body);
    return said?.status === 200 ? said : null;
  });
  check('a chat completion answers through the frontend', answer.text.includes('choices'), answer.text);
}

/** What a promise gives, or a word after so many ms. */
export const within = (ms, promise) =>
  Promise.race([promise, new Promise((resolve) => setTimeout(() => resolve(['still running']), ms))]);
/** The exit statuses of the launchers. */
export const endsOf = (group) => within(endMs, Promise.all(group.map((one) => one.ended)));

/** Without a link each is asked, agents first. */
export async function asked(group, told = group.slice(0, 1)) {
  for (const one of told.toReversed()) process.kill(one.pid(), 'SIGTERM');
  const codes = await endsOf(group);
  check(
    'asked to stop: all launchers end with 0',
    codes.every((code) => code === 0),
    `${codes}`,
  );
}

/** The look from outside: no process, no port, no shared memory. */
export async function clean(lab, cut, strangers = () => [], nodes = [0, 1]) {
  const spared = strangers();
  const left = () =>
    nodes
      .flatMap((node) => commandLines(lab.pids(node)))
      .filter(({ pid, line }) => !line.includes('dynamo.frontend') && !spared.includes(pid));
  await until('processes gone', 3_000, () => left().length === 0).catch(() => undefined);
  check('no process is left on either node', left().length === 0, JSON.stringify(left()));
  const listening = (spared.length === 0 ? nodes : [0]).flatMap((node) =>
    lab
      .listening(node)
      .split('\n')
      .filter((line) => / 0A /.test(line)),
  );
  check('no port is left', listening.length === 0, listening.join('; '));
  const shared = lab.sharedMemory();
  check('no shared memory is left', shared.length === 0, shared.join(' '));
  if (cut) lab.heal(1);
}
