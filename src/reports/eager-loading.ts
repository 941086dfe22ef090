import { number, parseCount, text, type Report } from './report.ts'

export const eagerLoading: Report<{ limit: number }> = {
  name: 'eager-loading',
  question: 'What do three ways to load users with their orders cost?',
  period: 'orders',
  parameters: {
    limit: { flag: '--limit <n>', about: 'maximum number of users (0 = all)', parse: parseCount, typed: '100' },
  },
  columns: [text('strategy'), number('statements'), number('rows'), number('ms')],
  empty: () => 'No users.',
  examples: ['--chart', '--limit 1000'],
  chart: () => ({ kind: 'bars', column: 'ms', label: 'strategy' }),
  answer: async (db, asked, onRows) => onRows(await (await import('./strategies.ts')).compareStrategies(db, asked)),
}
