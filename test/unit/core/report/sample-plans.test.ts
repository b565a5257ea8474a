import { parse } from 'valibot';
import { expect, test } from 'vitest';

import { planSchema } from '#core/plan/schema.ts';

import { samplePlans } from './sample-plans.ts';

test.each(Object.entries(samplePlans))(
  'the plan %s of the tests is one of the schema, and nothing more',
  (_name, document) => {
    expect(parse(planSchema, document)).toEqual(document);
  },
);
