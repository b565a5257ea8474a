import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

// The HTTP of both profiles, as far as a launcher, a probe or a curious person asks for it. Every answer with a text says that it is a rehearsal.

/** What the answers depend on, asked anew for each request. */
export type View = {
  readonly model: string;
  readonly healthy: () => boolean;
  readonly hung: () => boolean;
  readonly steps: () => number;
  readonly complete: () => Promise<boolean>;
};

type Answer = { readonly status: number; readonly type?: string; readonly body: string };

const BIGGEST_BODY_BYTES = 1024 * 1024;
const TEXT = 'This is a rehearsal: no model was loaded and nothing was computed.';
const VERSION = '0.31.0+rehearsal';

const json = (status: number, body: unknown): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});
const empty = (status: number): Answer => ({ status, body: '' });
const NOT_FOUND = json(404, { detail: 'Not Found' });
const NOT_ALLOWED = json(405, { detail: 'Method Not Allowed' });

/** Returns a server with the paths of `vllm serve` that matter here; it listens when told to. */
export const vllmServer = (view: View): Server =>
  createServer((request, response) => {
    if (view.hung()) return;
    void answerVllm(view, request).then((answer) => send(response, answer));
  });

/** Returns Dynamo's system status server (facts: ai-dynamo 1.6 system_status_server.rs): /live and /health say the same. */
export const statusServer = (view: View, sinceMs: number): Server =>
  createServer((request, response) => {
    if (!view.hung()) send(response, answerStatus(view, pathOf(request), Date.now() - sinceMs));
  });

const send = (response: ServerResponse, { status, type, body }: Answer): void => {
  response.writeHead(status, {
    'content-length': Buffer.byteLength(body),
    server: 'rehearsal',
    ...(type !== undefined && { 'content-type': type }),
  });
  response.end(body);
};

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').replace(/\?.*$/s, '');

const answerVllm = async (view: View, request: IncomingMessage): Promise<Answer> => {
  const path = pathOf(request);
  const isPost = request.method === 'POST';
  if (path === '/v1/completions' || path === '/v1/chat/completions')
    return isPost ? complete(view, path, await bodyOf(request)) : NOT_ALLOWED;
  if (path === '/ping') return empty(view.healthy() ? 200 : 503);
  const answer = GETS[path];
  if (answer === undefined) return NOT_FOUND;
  return request.method === 'GET' ? answer(view) : NOT_ALLOWED;
};

const GETS: Readonly<Record<string, (view: View) => Answer>> = {
  '/health': (view) => empty(view.healthy() ? 200 : 503),
  '/version': () => json(200, { version: VERSION }),
  '/load': () => json(200, { server_load: 0 }),
  '/v1/models': ({ model }) =>
    json(200, { object: 'list', data: [{ id: model, object: 'model', created: 0, owned_by: 'rehearsal' }] }),
  '/metrics': (view) => ({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: metrics(view) }),
};

const metrics = ({ model, steps }: View): string => {
  const labels = `{engine="0",model_name="${model.replace(/["\\\n]/g, '_')}"}`;
  return [
    '# This is a rehearsal: only the counter of steps moves.',
    '# TYPE vllm:num_requests_running gauge',
    `vllm:num_requests_running${labels} 0.0`,
    '# TYPE vllm:num_requests_waiting gauge',
    `vllm:num_requests_waiting${labels} 0.0`,
    '# TYPE vllm:iteration_tokens_total histogram',
    `vllm:iteration_tokens_total_count${labels} ${steps()}.0`,
    `vllm:iteration_tokens_total_sum${labels} ${steps()}.0`,
    '',
  ].join('\n');
};

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= BIGGEST_BODY_BYTES) chunks.push(chunk);
    }
    return size > BIGGEST_BODY_BYTES ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined; // Cut off or no JSON: answered with 400.
  }
};

const complete = async (view: View, path: string, body: unknown): Promise<Answer> => {
  if (typeof body !== 'object' || body === null)
    return failure(400, 'the body is not a JSON object, or is above 1 MiB');
  const { model = view.model, stream } = body as { readonly model?: unknown; readonly stream?: unknown };
  if (model !== view.model) return failure(404, `The model \`${String(model)}\` does not exist.`);
  if (!(await view.complete()))
    return failure(500, 'EngineCore encountered an issue. See stack trace (above) for the root cause.');
  const isChat = path === '/v1/chat/completions';
  const choice = (text: string) => ({
    index: 0,
    finish_reason: 'stop',
    ...(isChat ? { [stream === true ? 'delta' : 'message']: { role: 'assistant', content: text } } : { text }),
  });
  const kind = isChat ? 'chat.completion' : 'text_completion';
  const document = {
    id: 'rehearsal',
    object: stream === true && isChat ? 'chat.completion.chunk' : kind,
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [choice(TEXT)],
  };
  if (stream === true)
    return {
      status: 200,
      type: 'text/event-stream; charset=utf-8',
      body: `data: ${JSON.stringify(document)}\n\ndata: [DONE]\n\n`,
    };
  return json(200, { ...document, usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } });
};

const failure = (status: number, message: string): Answer =>
  json(status, {
    error: { message, type: status >= 500 ? 'InternalServerError' : 'BadRequestError', param: null, code: status },
  });

const answerStatus = (view: View, path: string, upMs: number): Answer => {
  if (path === '/metrics') return { status: 200, type: 'text/plain; version=0.0.4', body: '# This is a rehearsal.\n' };
  if (path !== '/live' && path !== '/health') return { status: 404, body: 'Route not found' };
  const uptime = { secs: Math.floor(upMs / 1000), nanos: (upMs % 1000) * 1_000_000 };
  return view.healthy()
    ? json(200, { status: 'ready', uptime, endpoints: { generate: 'ready' } })
    : json(503, { status: 'notready', uptime, endpoints: {} });
};
