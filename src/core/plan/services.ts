// The services that the engine of a node connects to when it starts: waited for before it is, or it would end at once.
import type { Warning } from '#core/errors.ts';
import { given } from '#core/identity/given.ts';
import { neededServices, readPlaces, serviceSpecs } from '#upstream/dynamo/services.ts';

import type { Decided } from './launch.ts';
import { serves } from './launch.ts';
import { inUrl } from './node-env.ts';
import type { Service } from './plan.ts';

// More than anybody lists; each is a connection a second.
const mostPlaces = 16;

/** Returns the services of this node's engine; none for one that is headless (dynamo.md 10), a rehearsal, or no worker of Dynamo. */
export function servicesOf(launch: Decided): Service[] {
  return needed(launch).flatMap(({ name, variable, text, port }) => {
    const places = readPlaces(text, port).slice(0, mostPlaces);
    return places.length === 0 ? [] : [{ name, from: variable, places }];
  });
}

/** Returns a warning for each service that is needed and whose variable names no host; the value may hold a password. */
export function serviceRemarks(launch: Decided): readonly Warning[] {
  return needed(launch).flatMap(({ name, variable, text, port }) => {
    if (readPlaces(text, port).length > 0) return [];
    const message = `${variable} of the environment names no host:port, so ${name} is not waited for; write host:port`;
    return [{ code: 'service-unknown', message }];
  });
}

/** Returns a service as gates name it: `etcd://a:2379,b:2379`. */
export const serviceTarget = ({ name, places }: Service): string =>
  `${name}://${places.map(({ host, port }) => `${inUrl(host)}:${port}`).join(',')}`;

function needed(launch: Decided) {
  const { profile, fields, facts, options } = launch;
  // Of older runtimes, whose flag named another store.
  const other = fields?.unknown.some((word) => /^--store[-_]kv\b/.test(word)) === true;
  if (profile !== 'dynamo' || options.rehearse || other || !serves(launch)) return [];
  const names = neededServices({
    discovery: fields?.discoveryBackend.value ?? given(facts.env, 'DYN_DISCOVERY_BACKEND'),
    store: given(facts.env, 'DYN_STORE_KV'),
    request: fields?.requestPlane.value ?? given(facts.env, 'DYN_REQUEST_PLANE'),
    event: fields?.eventPlane.value ?? given(facts.env, 'DYN_EVENT_PLANE'),
  });
  return names.map((name) => {
    const { variable, initial, port } = serviceSpecs[name];
    return { name, variable, port, text: given(facts.env, variable) ?? initial };
  });
}
