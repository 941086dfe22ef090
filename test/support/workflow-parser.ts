import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

type Parser = typeof import('@actions/workflow-parser')

/** GitHub's own parser, bundled into this folder: it imports JSON as bundlers do, and Node does not. */
export async function workflowParser(folder: string): Promise<Parser> {
  const input = fileURLToPath(import.meta.resolve('@actions/workflow-parser'))
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' })
  const file = `${folder}/workflow-parser.mjs`
  await bundle.write({ file, codeSplitting: false })
  return (await import(pathToFileURL(file).href)) as Parser
}
