import { number, parseCount, text, type Report } from './report.ts'

export const eagerLoading: Report<{ limit: number }> = {
  name: 'eager-loading',
  question: 'What does it cost to load users with their orders, in three ways?',
  period: 'orders',
  parameters: {
    limit: { flag: '--limit <n>', about: 'the first so many users; 0 is all', parse: parseCount, typed: '100' },
  },
  columns: [text('strategy'), number('statements'), number('rows'), number('ms')],
  empty: 'No users.',
  examples: ['--chart', '--limit 1000'],
  chart: () => ({ kind: 'bars', column: 'ms' }),
  answer: async (db, asked) => (await import('./strategies.ts')).compareStrategies(db, asked),
}
