// What the status server answers to which request: a pure table, so that every path is tested without a socket.
import { withoutTails } from './status-document.ts';
import type { Check, StatusDocument, StatusView } from './status-document.ts';

export type Asked = { readonly method: string; readonly url: string; readonly local: boolean };
export type Answer = { readonly status: number; readonly type: string; readonly body: string };

const paths = ['/livez', '/readyz', '/startupz', '/status'] as const;

/** Returns the answer to one request; `view` is called only where the path needs it. */
export function answer({ method, url, local }: Asked, view: () => StatusView): Answer {
  if (method !== 'GET' && method !== 'HEAD') return line(405, 'only GET and HEAD');
  switch (url.split('?')[0]) {
    case '/livez':
      return check(view().live);
    case '/readyz':
      return check(view().ready);
    case '/startupz':
      return check(view().started);
    case '/status':
      return json(documentFor(view(), local));
    default:
      return line(404, `not here; there are ${paths.join(' ')}`);
  }
}

/** Returns the answer where the view itself failed. */
export const brokenAnswer = (reason: string): Answer => line(500, `cannot read the state: ${reason}`);

const documentFor = ({ status, tail }: StatusView, local: boolean): StatusDocument =>
  local ? { ...status, tail: tail() } : withoutTails(status);

const check = ({ ok, reason }: Check): Answer => line(ok ? 200 : 503, reason);

const line = (status: number, text: string): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${text.replaceAll(/\s+/g, ' ')}\n`,
});

const json = (document: StatusDocument): Answer => ({
  status: 200,
  type: 'application/json; charset=utf-8',
  body: `${JSON.stringify(document, null, 2)}\n`,
});
