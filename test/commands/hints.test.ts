import { describe, expect, it } from 'vitest'
import { next, whereEmpty } from '../../commands/kit/hint.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'

const shop = testDatabase()
const empty = { database: shop.name, columns: 80 }

describe('hints for the next step', () => {
  it.each([...Object.values(next), ...Object.values(whereEmpty)])('%s is a command line', async (line) => {
    expect((await dbtool(`${line.replace(/^dbtool /, '')} --help`)).stdout).toContain(
      `Usage: ${line.replace(' 7', '')}`,
    )
  })

  it.each(Object.entries(whereEmpty))(
    'dbtool %s, where there is none, says on a terminal how to make one',
    async (line, wanted) => {
      expect((await dbtool(`${line} --color never`, empty)).stderr).toContain(`next: ${wanted}\n`)
    },
  )

  it.each([
    ['users list --search nobody', 'dbtool users list'],
    ['users list --inactive', 'dbtool users list'],
    ['users list --offset 1', 'dbtool users list'],
    ['addresses list --country AQ --limit 5', 'dbtool addresses list'],
    ['products list --search nothing --limit 0', 'dbtool products list'],
    ['orders list --status cancelled', 'dbtool orders list'],
    ['logs list --by nobody', 'dbtool logs list'],
  ])('dbtool %s, where nothing is like that, says how to see what there is', async (line, wanted) => {
    expect((await dbtool(`${line} --color never`, empty)).stderr).toContain(`next: ${wanted}\n`)
  })

  it.each([
    ['users list', { database: shop.name }],
    ['users list --quiet', empty],
    ['users list --json', empty],
    ['users list', { ...empty, env: { DBTOOL_NO_HINTS: '1' } }],
  ])('there are none for who does not want them: dbtool %s', async (line, situation) => {
    expect((await dbtool(line, situation)).stderr).not.toContain('next:')
  })
})
