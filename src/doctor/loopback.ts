import type { Route } from './facts.ts'

/** Whether what is sent there never leaves this machine. */
export function isLoopback({ kind, addresses }: Route): boolean {
  return kind === 'socket' || (addresses.length > 0 && addresses.every((address) => /^(127\.|::1$|::ffff:127\.)/.test(address)))
}
