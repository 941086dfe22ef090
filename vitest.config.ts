import { defineConfig } from 'vitest/config'

const quiet = 'test/quiet/**/*.test.ts'

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['test/support/global-setup.ts'],
    projects: [
      // Two files at once on a machine with two cores; each has a database of its own.
      {
        extends: true,
        test: {
          name: 'all',
          include: ['test/**/*.test.ts'],
          exclude: [quiet],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      // What measures the server needs the machine for itself, after all others.
      { extends: true, test: { name: 'quiet', include: [quiet], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
})
