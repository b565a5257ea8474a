import { byteLength, cutText } from '#core/text.ts';

import { bounds } from './bounds.ts';
import type { Cause } from './cause.ts';
import type { Body, Epoch, Frame, Hello } from './message.ts';

// A frame as text that every reader accepts: what is too long is cut here, so that it is never refused over there.

/** Returns a frame as JSON of at most 64 KiB; the oldest last lines go first, then the shown values of fields. */
export function writeFrame(frame: Frame): string {
  let body = clipBody(frame.body);
  const envelope = clipEnvelope(frame);
  for (;;) {
    const text = JSON.stringify({ ...envelope, body });
    const smaller = byteLength(text) > bounds.frameBytes ? shorten(body) : null;
    if (smaller === null) return text;
    body = smaller;
  }
}

function clipEnvelope({ protocol, group, incarnation, epoch, seq }: Frame): Omit<Frame, 'body'> {
  return { protocol, group: name(group), incarnation: name(incarnation), epoch: clipEpoch(epoch), seq };
}

function clipBody(body: Body): Body {
  switch (body.kind) {
    case 'challenge':
      return { ...body, key: name(body.key), generation: name(body.generation) };
    case 'hello':
      return { ...body, hello: clipHello(body.hello) };
    case 'welcome':
      return { ...body, host: name(body.host) };
    case 'refused':
    case 'wait':
      return { ...body, reason: cutText(body.reason, bounds.reason) };
    case 'start':
      return { ...body, epoch: clipEpoch(body.epoch) };
    case 'heartbeat':
      return {
        ...body,
        phase: cutText(body.phase, bounds.word),
        missing: body.missing.slice(0, bounds.size),
        ...(body.ray === undefined ? {} : { ray: name(body.ray) }),
      };
    case 'stop-asked':
      return { ...body, by: cutText(body.by, bounds.reason) };
    case 'report':
    case 'stop':
    case 'verdict':
      return { ...body, cause: clipCause(body.cause) };
    case 'drained':
    case 'leaving':
      return body;
  }
}

const name = <T extends string | null>(text: T): T => (text === null ? text : (cutText(text, bounds.name) as T));

const clipEpoch = <T extends Epoch | null>(epoch: T): T =>
  epoch === null ? epoch : { ...epoch, leader: name(epoch.leader) };

const clipHello = (hello: Hello): Hello => ({
  ...hello,
  generation: name(hello.generation),
  host: name(hello.host),
  fields: hello.fields.slice(0, bounds.fields).map(({ field, value, digest }) => ({
    field: cutText(field, bounds.field),
    value: value === null ? null : cutText(value, bounds.value),
    digest,
  })),
});

const clipCause = (cause: Cause): Cause => ({
  ...cause,
  host: name(cause.host),
  process: name(cause.process),
  signal: cause.signal === null ? null : cutText(cause.signal, bounds.word),
  message: cutText(cause.message, bounds.message),
  lastLines: cause.lastLines.slice(-bounds.lines).map((line) => cutText(line, bounds.line)),
});

// Null where nothing is left to cut: what remains then fits by the bounds themselves.
function shorten(body: Body): Body | null {
  if ('cause' in body && body.cause.lastLines.length > 0)
    return { ...body, cause: { ...body.cause, lastLines: body.cause.lastLines.slice(1) } };
  if (body.kind !== 'hello' || body.hello.fields.every(({ value }) => value === null)) return null;
  const fields = body.hello.fields.map((field) => ({ ...field, value: null }));
  return { ...body, hello: { ...body.hello, fields } };
}
