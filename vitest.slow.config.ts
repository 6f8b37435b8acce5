import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['troupe-source', 'module', 'node', 'import', 'default'] } },
  resolve: { conditions: ['troupe-source', 'module', 'node', 'import', 'default'] },
  test: {
    globalSetup: ['test/support/global.ts'],
    include: ['test/**/*.slow.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
