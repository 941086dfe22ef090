import { durationText } from '../../values.ts'
import type { PoolOptions } from '../../db/pool/pool.ts'
import { check, fault, ok, warning, type Check, type Judgement } from '../finding.ts'
import { quotedAccount, serverVariable } from '../fix.ts'

const group = 'Limits'
/** A command line, an import and a load test beside each other. */
const fewProcesses = 3
const leastPacket = 1_048_576
const usualPacket = 16_777_216
const longestLockWaitSeconds = 300

export const limitChecks: readonly Check[] = [
  check({
    name: 'max-connections',
    group,
    looksAt:
      'how many processes with a pool of DB_POOL_SIZE + DB_MAX_OVERFLOW the free connections of the server are enough for',
    needs: ['destination', 'variables', 'usage'],
    judge({ destination: { pool }, variables: { global }, usage: { others } }) {
      return headroom(pool, {
        name: 'max_connections',
        limit: Number(global['max_connections']),
        used: others,
        raise: (to) => serverVariable('max_connections', to),
      })
    },
  }),
  check({
    name: 'user-connections',
    group,
    looksAt: 'the same for what this account may have (max_user_connections)',
    needs: ['destination', 'variables', 'usage', 'grants'],
    judge({ destination: { pool }, variables: { session }, usage: { own }, grants: { account } }) {
      const limit = Number(session['max_user_connections'])
      if (limit === 0) return ok('this account has no limit of its own')
      return headroom(pool, {
        name: 'max_user_connections',
        limit,
        used: own,
        raise: (to) => `ALTER USER ${quotedAccount(account)} WITH MAX_USER_CONNECTIONS ${to}`,
      })
    },
  }),
  check({
    name: 'idle-time-out',
    group,
    looksAt: 'DB_POOL_RECYCLE against wait_timeout: the pool should replace a connection before the server closes it',
    needs: ['destination', 'variables'],
    judge: ({ destination: { pool }, variables: { session } }) =>
      idle(pool.recycleMs, Number(session['wait_timeout']) * 1000),
  }),
  check({
    name: 'packet',
    group,
    looksAt: 'max_allowed_packet: an order of many lines is one packet',
    needs: ['variables'],
    judge({ variables: { session } }) {
      const bytes = Number(session['max_allowed_packet'])
      if (bytes >= leastPacket) return ok(`a packet may have ${Math.floor(bytes / leastPacket)} MiB`)
      return warning(
        `a packet may have ${bytes} bytes only, and an order of many lines is one packet`,
        serverVariable('max_allowed_packet', usualPacket),
      )
    },
  }),
  check({
    name: 'lock-wait',
    group,
    looksAt:
      'how long a statement waits for a locked row, with what its own transaction has locked (innodb_lock_wait_timeout)',
    needs: ['variables'],
    judge({ variables: { global, session } }) {
      const [mine, others] = [Number(session['innodb_lock_wait_timeout']), Number(global['innodb_lock_wait_timeout'])]
      if (others <= longestLockWaitSeconds)
        return ok(`our statements wait up to ${mine} s for a locked row, those of other programs ${others} s`)
      return warning(
        `other programs wait up to ${others} s for a locked row, and keep locked meanwhile what orders need`,
        serverVariable('innodb_lock_wait_timeout', 50),
      )
    },
  }),
]

interface Headroom {
  readonly name: string
  readonly limit: number
  readonly used: number
  readonly raise: (to: number) => string
}

function headroom({ size, maxOverflow }: PoolOptions, { name, limit, used, raise }: Headroom): Judgement {
  const [want, free] = [size + maxOverflow, Math.max(0, limit - used)]
  const usage = `${used} of ${limit} connections ${used === 1 ? 'is' : 'are'} taken (${name})`
  if (free < want) {
    const smaller =
      free === 0 ? '' : `, or DB_POOL_SIZE=${Math.min(size, free)} DB_MAX_OVERFLOW=${free - Math.min(size, free)}`
    return fault(
      `${usage}, and one process may want ${want} (DB_POOL_SIZE ${size} + DB_MAX_OVERFLOW ${maxOverflow})`,
      `${raise(used + want)}${smaller}`,
    )
  }
  const fit = Math.floor(free / want)
  const found = `${usage}: ${fit} ${fit === 1 ? 'process' : 'processes'} of ${want} connections each ${fit === 1 ? 'fits' : 'fit'}`
  return fit < fewProcesses ? warning(found, raise(used + fewProcesses * want)) : ok(found)
}

function idle(recycleMs: number, closedAfterMs: number): Judgement {
  const closed = `the server closes a connection that was idle for ${durationText(closedAfterMs)} (wait_timeout)`
  if (recycleMs > 0 && recycleMs < closedAfterMs)
    return ok(`${closed}; the pool replaces its own after ${durationText(recycleMs)} (DB_POOL_RECYCLE)`)
  const pool =
    recycleMs === 0
      ? 'the pool keeps its own for ever'
      : `the pool replaces its own only after ${durationText(recycleMs)}`
  return warning(
    `${closed}, and ${pool}: idle connections die in it`,
    `DB_POOL_RECYCLE=${durationText(closedAfterMs / 2)}`,
  )
}
