import { defineConfig } from 'vitest/config';

const project = (name: string, options: { timeout?: number; serial?: boolean } = {}) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    exclude: ['**/*.slow.test.ts'],
    testTimeout: options.timeout ?? 10_000,
    hookTimeout: 60_000,
    ...(options.serial ? { fileParallelism: false } : {}),
  },
});

export default defineConfig({
  ssr: { resolve: { conditions: ['troupe-source', 'module', 'node', 'import', 'default'] } },
  resolve: { conditions: ['troupe-source', 'module', 'node', 'import', 'default'] },
  test: {
    globalSetup: ['test/support/global.ts'],
    // Most tests wait for processes: one worker, Vitest's choice on two cores, leaves them half idle.
    maxWorkers: 2,
    projects: [
      project('unit'),
      project('machines'),
      project('checking', { timeout: 60_000 }),
      project('simulation', { timeout: 60_000 }),
      project('contract', { timeout: 30_000 }),
      {
        ...project('types'),
        test: {
          ...project('types').test,
          include: [],
          typecheck: { enabled: true, only: true, include: ['test/types/**/*.test-d.ts'] },
        },
      },
      project('nats', { timeout: 60_000 }),
      project('browser', { timeout: 30_000, serial: true }),
    ],
  },
});
