import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`, ...(name === 'unit' ? ['test/architecture.test.ts'] : [])],
    testTimeout,
    hookTimeout: 60_000,
  },
});

export default defineConfig({
  test: {
    projects: [project('unit', 5_000), project('property', 60_000), project('process', 30_000), project('e2e', 60_000)],
    coverage: { include: ['src/core/**', 'src/upstream/**'] },
  },
});
