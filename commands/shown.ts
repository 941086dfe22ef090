import type { Command } from 'commander'
import type { View } from '../src/output/view.ts'
import { DbtoolCommand } from './kit/command.ts'

/**
 * Declares what a verb will show, where its flags decide by what they are: so that a field which is not there is found
 * before it runs.
 */
export function shows<O>(command: Command, view: View | ((options: O) => View)): Command {
  if (command instanceof DbtoolCommand)
    command.view = typeof view === 'function' ? (view as (options: unknown) => View) : () => view
  return command
}
