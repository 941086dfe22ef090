import type { Command } from 'commander'
import type { Context } from '../src/context/context.ts'
import { text, type View } from '../src/output/view.ts'
import { version } from '../src/version.ts'
import { withView, type Verbs } from './kit/command.ts'
import { examples } from './kit/help.ts'

export const verbs: Verbs = { version: showVersion }

const view: View = { columns: [text('version'), text('node'), text('platform')], id: 'version' }

function showVersion(program: Command, ctx: Context): void {
  withView(program.command('version'), view)
    .description('Show the version of dbtool, of Node and of the system')
    .addHelpText('after', examples('dbtool version', 'dbtool version --field version'))
    .action(() => {
      const { platform, arch } = process
      ctx.out.item(view, { version: version(), node: process.versions.node, platform: `${platform}-${arch}` })
    })
}
