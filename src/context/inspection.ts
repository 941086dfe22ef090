import type { Inspection } from '../config/config.ts'
import type { PrivateServer } from '../config/layers.ts'
import type { Invocation, Io } from './context.ts'
import type { Ask } from '../prompts/ask.ts'
import { osUserName } from './os-user.ts'
import { firstLine } from './stdin.ts'

/** Collects the connection settings of this invocation from all their sources. */
export async function inspect(io: Io, invocation: Invocation, ask: () => Ask): Promise<Inspection> {
  const { inspectConfig } = await import('../config/config.ts')
  const flags = { ...invocation.connection, ...(await passwordOf(invocation, io, ask)) }
  const { env, cwd } = io
  const { profile, optionFile, envFile, out } = invocation
  const inspection = await inspectConfig({
    flags,
    profile,
    optionFile,
    envFile,
    env,
    cwd,
    osUser: osUserName(),
    findPrivateServer: () => findPrivateServer(env),
  })
  for (const { sentence, fix, stops } of inspection.ignored) if (!stops) out.warn(`${sentence}; ${fix}`)
  return inspection
}

/** Reads the password: the first line of piped standard input, or typed invisibly. */
async function passwordOf(
  { passwordFromStdin, askPassword }: Invocation,
  io: Io,
  ask: () => Ask,
): Promise<{ DB_PASSWORD?: string }> {
  if (passwordFromStdin && io.stdin.isTTY !== true) return { DB_PASSWORD: await firstLine(io.stdin) }
  if (!askPassword && !passwordFromStdin) return {}
  const question = {
    given: undefined,
    flag: '--password-file',
    message: 'Password',
    parse: (text: string) => text,
    secret: 'once' as const,
    hint: '--ask-password needs a terminal, without --json and --no-input',
  }
  const { password } = await ask().resolve({ password: question })
  return { DB_PASSWORD: password }
}

async function findPrivateServer(env: Io['env']): Promise<PrivateServer | undefined> {
  const [{ serverPaths }, { findServer }] = await Promise.all([
    import('../server/home.ts'),
    import('../server/status.ts'),
  ])
  return findServer(serverPaths(env))
}
