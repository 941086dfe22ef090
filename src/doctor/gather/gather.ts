import { version } from '../../version.ts'
import { known, unknown, type DoctorInput, type FactName, type Gathered } from '../facts.ts'
import { configurationFacts, originOf } from './configuration.ts'
import { findRoute, probeTcp } from './network.ts'
import { inspectServer } from './inspect-server.ts'

const names: readonly FactName[] = [
  'configuration',
  'destination',
  'route',
  'door',
  'encryption',
  'login',
  'database',
  'product',
  'session',
  'variables',
  'clock',
  'databaseDefaults',
  'usage',
  'grants',
  'migrations',
  'tables',
  'invariants',
  'tool',
]

const allUnknown = (reason: string): Gathered =>
  Object.fromEntries(names.map((name) => [name, unknown(reason)])) as unknown as Gathered

/**
 * Finds out all that can be found out; what cannot be says why. Never rejects for what is wrong, and changes nothing.
 */
export async function gather(around: DoctorInput): Promise<Gathered> {
  const { inspection, env, now, signal } = around
  const here = {
    configuration: known(configurationFacts(inspection, env)),
    tool: known({ node: process.versions.node, dbtool: version(), now: now() }),
  }
  const { config } = inspection
  if (config === undefined) return { ...allUnknown('the configuration is invalid'), ...here }
  const { target, pool, limits } = config
  const patience = { timeoutMs: limits.connectTimeoutMs, signal }
  const route = await findRoute(target, patience)
  const way = { ...here, destination: known({ target, pool, origin: originOf(inspection) }), route: known(route) }
  if (route.failure !== undefined) return { ...allUnknown('the server has no address'), ...way }
  const door = await probeTcp(target, patience)
  const arrived = { ...way, door: known(door) }
  if (door.failure !== undefined) return { ...allUnknown('the server cannot be reached'), ...arrived }
  return { ...allUnknown('nobody was let in'), ...arrived, ...(await inspectServer(around, config)) }
}
