// A plan that may be shown: flags, variables and URLs that hold secrets, and the values of secret variables wherever they turn up.
import type { PlanDocument } from '#core/plan/plan.ts';
import { maskEnv, maskValues, maskWords, namesSecret } from '#core/secret.ts';

/** Returns the document with every secret masked; `env` is the environment whose secret values may appear in it. */
export function maskPlan(document: PlanDocument, env: Readonly<Record<string, string>>): PlanDocument {
  const secrets = Object.fromEntries(Object.entries(env).filter(([name]) => namesSecret(name)));
  const masked: PlanDocument = {
    ...document,
    annotations: { ...document.annotations, values: maskEnv(document.annotations.values) },
    engine: { ...document.engine, command: maskWords(document.engine.command) },
    processes: document.processes.map((each) => ({
      ...each,
      argv: maskWords(each.argv),
      env: { ...each.env, set: maskEnv(each.env.set) },
    })),
  };
  return mapTexts(masked, (text) => maskValues(text, secrets));
}

/** The document is data only, so what comes back has the type of what went in. */
function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item as unknown, change)])) as T;
}
