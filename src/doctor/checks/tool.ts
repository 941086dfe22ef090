import { check, fault, ok, type Check } from '../finding.ts'
import { isFrom } from '../series.ts'

const group = 'This tool'
const oldestNode = '20.19'

export const toolChecks: readonly Check[] = [
  check({
    name: 'node',
    group,
    looksAt: `Node ${oldestNode} or later`,
    needs: ['tool'],
    judge({ tool: { node } }) {
      return isFrom(oldestNode, node)
        ? ok(`Node ${node}`)
        : fault(`Node ${node} is too old: dbtool needs ${oldestNode} or later`, 'install a later Node')
    },
  }),
  check({
    name: 'dbtool',
    group,
    looksAt: 'the version of dbtool',
    needs: ['tool'],
    judge: ({ tool: { dbtool } }) => ok(`dbtool ${dbtool}`),
  }),
]
