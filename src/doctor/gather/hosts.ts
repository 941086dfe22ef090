import { hostsOf, hostText, targetAt, type Target } from '../../db/target.ts'
import { DbtoolError } from '../../errors.ts'
import type { DoctorInput, HostAnswer } from '../facts.ts'

/**
 * Finds the one of several hosts to examine: the server that a command would use, or the first one. Also asks every
 * host whether it accepts a login.
 */
export async function chooseHost(
  connect: DoctorInput['connect'],
  target: Target,
): Promise<{ readonly target: Target; readonly hosts: readonly HostAnswer[] }> {
  const hosts = hostsOf(target)
  const [first = target] = hosts
  if (target.hosts === undefined) return { target: targetAt(target, first), hosts: [] }
  // A node outside its cluster refuses to work in a database, and other servers may not have it.
  const answers = hosts.map(async (host): Promise<HostAnswer> => {
    const problem = await problemOf(
      connect({ ...targetAt(target, host), database: undefined }, () => Promise.resolve()),
    )
    return { host: hostText(host), problem }
  })
  const reached = connect(target, (connection) => Promise.resolve(connection.target)).catch((error: unknown) => {
    if (error instanceof DbtoolError) return targetAt(target, first)
    throw error
  })
  return { target: await reached, hosts: await Promise.all(answers) }
}

async function problemOf(attempt: Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt
    return undefined
  } catch (error) {
    if (error instanceof DbtoolError) return error.message
    throw error
  }
}
