import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`, ...(name === 'unit' ? ['test/architecture.test.ts'] : [])],
    testTimeout,
    hookTimeout: 60_000,
  },
});

const pure = [project('unit', 5_000), project('property', 60_000)];
const real = [project('process', 30_000), project('e2e', 120_000)];

/** Mutants of pure code are for pure tests to find; Stryker sets this in its workers. */
const mutating = process.env['STRYKER_MUTATOR_WORKER'] !== undefined;

export default defineConfig({
  test: {
    projects: mutating ? pure : [...pure, ...real],
    coverage: { include: ['src/core/**', 'src/upstream/**'] },
  },
});
