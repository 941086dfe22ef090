import { quotedForShell } from '../values.ts'

/** The hint of an error as a fix: `run: dbtool db migrate` becomes the command alone. */
export function fixOf(hint: string | undefined): string {
  return (hint ?? '').replace(/^run: /, '')
}

/** The fix for a variable of the server: now, and for its next start. */
export function serverVariable(name: string, value: string | number): string {
  return `SET GLOBAL ${name} = ${value}, and the same in the server's configuration`
}

/** A name as an SQL identifier in backticks. */
export function quotedName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** An account in the form of CURRENT_USER(), quoted for SQL. */
export function quotedAccount(account: string): string {
  const at = account.lastIndexOf('@')
  return [account.slice(0, at), account.slice(at + 1)].map((part) => `'${part.replaceAll("'", "''")}'`).join('@')
}

/** The fix for missing or excess privileges of an account in the form of CURRENT_USER(). It needs GRANT OPTION. */
export function grantsFor(account: string, role: 'app' | 'reporter' = 'app'): string {
  const forAccount = `dbtool db grants --for ${quotedForShell(account)}`
  return role === 'app' ? `${forAccount} --apply` : `${forAccount} --role reporter --apply`
}
