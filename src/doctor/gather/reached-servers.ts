import type { Target } from '../../db/target.ts'
import { DbtoolError } from '../../errors.ts'
import type { DoctorInput, ReachedAddress } from '../facts.ts'

/** Enough to see each of three servers that a proxy gives out in turn. */
const furtherConnections = 3

/** The servers that several connections to the same address reach; `first` is the name of one that is open. */
export async function reachedServers(
  connect: DoctorInput['connect'],
  target: Target,
  first: string | undefined,
): Promise<(ReachedAddress | undefined)[]> {
  if (target.socket !== undefined) return [addressIn(first)]
  const open = async (): Promise<(string | undefined)[]> => {
    try {
      return [await connect(target, ({ reached }) => Promise.resolve(reached))]
    } catch (error) {
      // The account, or the server, has no connection to spare.
      if (error instanceof DbtoolError) return []
      throw error
    }
  }
  const further = await Promise.all(Array.from({ length: furtherConnections }, open))
  return [first, ...further.flat()].map(addressIn)
}

/** The beginning of the name of a process is `host/port/`. */
function addressIn(process: string | undefined): ReachedAddress | undefined {
  if (process === undefined) return undefined
  const [host = '', port = ''] = process.split('/')
  return { process, host, port: Number(port) }
}
