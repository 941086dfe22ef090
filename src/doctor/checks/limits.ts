import { counted } from '../../in-words.ts'
import { durationText } from '../../values.ts'
import type { PoolOptions } from '../../db/pool/pool.ts'
import { check, fault, ok, warning, type Check, type Judgement } from '../finding.ts'
import { quotedAccount, serverVariable } from '../fix.ts'

const group = 'Limits'
/** A command line, an import and a load test at the same time. */
const fewProcesses = 3
const leastPacket = 1_048_576
const usualPacket = 16_777_216
const longestLockWaitSeconds = 300

export const limitChecks: readonly Check[] = [
  check({
    name: 'max-connections',
    group,
    looksAt:
      'the number of processes with a pool of DB_POOL_SIZE + DB_MAX_OVERFLOW ' +
      "that fit into the server's free connections",
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
    looksAt: 'the same number for the limit of this account (max_user_connections)',
    needs: ['destination', 'variables', 'usage', 'grants'],
    judge({ destination: { pool }, variables: { session }, usage: { own }, grants: { account } }) {
      const limit = Number(session['max_user_connections'])
      if (limit === 0) return ok('this account has no limit')
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
      if (bytes >= leastPacket) return ok(`a packet may have up to ${Math.floor(bytes / leastPacket)} MiB`)
      return warning(
        `a packet may have at most ${bytes} bytes, but an order of many lines is one packet`,
        serverVariable('max_allowed_packet', usualPacket),
      )
    },
  }),
  check({
    name: 'lock-wait',
    group,
    looksAt:
      'the maximum wait for a locked row, during which the waiting transaction holds its own locks ' +
      '(innodb_lock_wait_timeout)',
    needs: ['variables'],
    judge({ variables: { global, session } }) {
      const [own, others] = [Number(session['innodb_lock_wait_timeout']), Number(global['innodb_lock_wait_timeout'])]
      if (others <= longestLockWaitSeconds)
        return ok(`dbtool's statements wait up to ${own} s for a locked row, those of other programs ${others} s`)
      return warning(
        `other programs wait up to ${others} s for a locked row, and meanwhile hold locks that orders need`,
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
  const [needed, free] = [size + maxOverflow, Math.max(0, limit - used)]
  const usage = `${used} of ${limit} connections ${used === 1 ? 'is' : 'are'} in use (${name})`
  if (free < needed) {
    const smaller =
      free === 0 ? '' : `, or DB_POOL_SIZE=${Math.min(size, free)} DB_MAX_OVERFLOW=${free - Math.min(size, free)}`
    return fault(
      `${usage}, but one process may need ${needed} (DB_POOL_SIZE ${size} + DB_MAX_OVERFLOW ${maxOverflow})`,
      `${raise(used + needed)}${smaller}`,
    )
  }
  const fit = Math.floor(free / needed)
  const found = `${usage}, enough for ${counted(fit, 'process', 'processes')} with ${needed} connections each`
  return fit < fewProcesses ? warning(found, raise(used + fewProcesses * needed)) : ok(found)
}

function idle(recycleMs: number, closedAfterMs: number): Judgement {
  const closed = `the server closes a connection after ${durationText(closedAfterMs)} of idle time (wait_timeout)`
  if (recycleMs > 0 && recycleMs < closedAfterMs)
    return ok(`${closed}; the pool replaces it after ${durationText(recycleMs)} (DB_POOL_RECYCLE)`)
  const pool =
    recycleMs === 0 ? 'the pool never replaces it' : `the pool replaces it only after ${durationText(recycleMs)}`
  return warning(
    `${closed}, but ${pool}: idle connections die in the pool`,
    `DB_POOL_RECYCLE=${durationText(closedAfterMs / 2)}`,
  )
}
