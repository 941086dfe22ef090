import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const quiet = 'test/quiet/**/*.test.ts'

/** What takes longest, and so begins first: nobody waits for it at the end. `npm test -- --fast` leaves it out. */
const longest = [
  'bench/run',
  'faults/cut-everywhere',
  'docs',
  'first-hour/first-hour',
  'commands/completion',
  'commands/db-physical',
  'commands/lists',
  'package',
  'library/packed',
  'cluster/galera',
  'stress/report-page',
  'faults/torture',
  'db/lock-waits',
  'server/lifecycle',
  'library/service',
  'regular-expressions',
  'server/access',
  'db/connection/hostile-globals',
  'commands/prompts',
  'server/refusals',
  'stress/load',
  'commands/conversation',
  'stress/threads',
  'db/connection/tls-table',
  'commands/pager',
  'output/round-trip',
  'faults/outage',
  'commands/slow-reader',
  'commands/signals',
  'db/connection/packet',
  'commands/menu',
].map((name) => `test/${name}.test.ts`)

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = longest.findIndex((path) => moduleId.endsWith(path))
      return found === -1 ? longest.length : found
    }
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}

/** Set by `npm run torture -- --cluster`, which measures times. */
const isAlone = process.env['DBTOOL_CLUSTER_ROUNDS'] !== undefined

/** Set by `npm test -- --fast`. */
const isFast = process.env['DBTOOL_TESTS'] === 'fast'

// Files share the modules that they load, since to load them takes longer than most files; each has a database of its
// own.
const all: TestProjectConfiguration = {
  extends: true,
  test: {
    name: 'all',
    include: ['test/**/*.test.ts'],
    exclude: [quiet, ...(isFast ? longest : [])],
    isolate: false,
    maxWorkers: isAlone ? 1 : 3,
    sequence: { groupOrder: 0 },
  },
}

/** What measures the server needs the machine for itself, after all others. */
const alone: TestProjectConfiguration = {
  extends: true,
  test: { name: 'quiet', include: [quiet], maxWorkers: 1, sequence: { groupOrder: 1 } },
}

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['test/support/global-setup.ts'],
    sequence: { sequencer: LongestFirst },
    projects: isFast ? [all] : [all, alone],
  },
})
