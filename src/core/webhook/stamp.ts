// What a new deployment gets: the operator's version in its metadata, and the same in each pod template, for the operator passes only
// some keys on (dynamo.md section 4) and a launcher sees its pod alone.
import type { Annotations, Deployment } from '#upstream/dynamo/deployment.ts';
import { placesOf } from '#upstream/dynamo/deployment.ts';
import { operatorVersionAnnotation } from '#upstream/dynamo/keys.ts';

import { adding } from './patch.ts';
import type { Operation } from './patch.ts';

const key = operatorVersionAnnotation;

/**
 * Returns what to add to a deployment that is being created. A value that is there is never changed, and what somebody set for the whole
 * deployment or for a service is what its pods get: two versions in one deployment would be two backends.
 */
export function stamp(deployment: Deployment, version: string): readonly Operation[] {
  const { metadata, templates } = placesOf(deployment);
  const own = metadata.annotations.get(key) ?? version;
  const places = [
    { ...metadata, value: version },
    ...templates.map((place) => ({ ...place, value: strongest(place.above) ?? own })),
  ];
  return places
    .filter(({ annotations }) => !annotations.has(key))
    .map(({ path, missing, value }) => adding([...path, key], missing + 1, value));
}

const strongest = (maps: readonly Annotations[]): string | undefined => maps.find((map) => map.has(key))?.get(key);
