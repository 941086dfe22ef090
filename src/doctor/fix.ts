/** A hint of an error as what to do: `run: dbtool db migrate` is the command. */
export function fixOf(hint: string | undefined): string {
  return (hint ?? '').replace(/^run: /, '')
}

/** A variable of the server: now, and after its next start. */
export function serverVariable(name: string, value: string | number): string {
  return `SET GLOBAL ${name} = ${value}, and the same in the server's configuration`
}

/** In backticks, as SQL has it. */
export function quotedName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** An account as CURRENT_USER() has it, as SQL has it. */
export function quotedAccount(account: string): string {
  const at = account.lastIndexOf('@')
  return [account.slice(0, at), account.slice(at + 1)].map((part) => `'${part.replaceAll("'", "''")}'`).join('@')
}

/** For an account as CURRENT_USER() has it; whoever runs it needs the right to grant. */
export function grantsFor(account: string): string {
  return `dbtool db grants --for ${shellWord(account)} --apply`
}

/** One word of a command line. */
export function shellWord(text: string): string {
  return /^[\w@.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
