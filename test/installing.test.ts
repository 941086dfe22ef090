import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DockerfileParser } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { dbtool, words } from './support/cli.ts'
import { testDatabase } from './support/database.ts'
import { temporaryFolder } from './support/folder.ts'
import { workflowParser } from './support/workflow-parser.ts'

const root = resolve(import.meta.dirname, '..')
const folder = temporaryFolder()
const database = testDatabase()
const { version, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
  scripts: Record<string, string>
}

/** The blocks of a page that are marked with this language. */
const blocksOf = (page: string, language: string): string[] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/```(\w+)\n([^]*?)```/g)].flatMap(([, marked, block = '']) =>
    marked === language ? [block] : [],
  )

/** Runs a script of a shell that knows no more than a new user's. */
const sh = (script: string, { cwd = root, home = folder } = {}) =>
  spawnSync('/bin/sh', ['-ec', script], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: home, DBTOOL_HOME: folder },
  })

describe('the launcher', () => {
  it.each(['README.md', 'docs/installing.md'])('%s puts it on the PATH', (page) => {
    const [line = ''] = blocksOf(page, 'bash')
    expect(line).toContain('export PATH=')
    expect(sh(`${line}\ncd /\nexec dbtool --version`)).toMatchObject({ status: 0, stdout: `${version}\n` })
  })

  it('works through a link', () => {
    const [, line = ''] = blocksOf('docs/installing.md', 'bash')
    expect(line).toContain('ln -s')
    expect(sh(`${line}\ncd /\nPATH="$HOME/.local/bin:$PATH" exec dbtool --version`)).toMatchObject({
      status: 0,
      stdout: `${version}\n`,
    })
  })

  it('passes on its arguments, and the exit code', () => {
    const { status, stderr } = sh(`./dbtool users get 'a "b"  c' --fields 'no such'`)
    expect([status, stderr]).toEqual([2, expect.stringContaining("'no such'")])
  })

  it('says how to compile dbtool, in a folder of any name', () => {
    const clone = join(folder, 'my $clone')
    mkdirSync(clone)
    copyFileSync(join(root, 'dbtool'), join(clone, 'dbtool'))
    symlinkSync(join(clone, 'dbtool'), join(folder, 'link'))
    expect(sh('./link', { cwd: folder })).toMatchObject({
      status: 1,
      stderr: `dbtool is not compiled yet; to compile it: cd '${clone}' && npm ci && npm run build\n`,
    })
  })
})

describe('the Dockerfile', () => {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8')
  const instructions = DockerfileParser.parse(text).getInstructions()
  const argumentsOf = (keyword: string): string[] =>
    instructions
      .filter((instruction) => instruction.getKeyword() === keyword)
      .map((instruction) => instruction.getArgumentsContent() ?? '')

  it('has no fault that dockerfile-utils finds', () => {
    expect(validate(text).map(({ message }) => message)).toEqual([])
    expect(validate(text.replace('WORKDIR /work', 'WORKDIR work')).map(({ message }) => message)).not.toEqual([])
  })

  it('runs scripts and copies files that exist', () => {
    const runs = argumentsOf('RUN').flatMap((line) => [...line.matchAll(/npm run (\S+)/g)].map(([, name]) => name))
    expect(runs).toEqual(['build'])
    for (const script of runs) expect(scripts).toHaveProperty([script ?? ''])
    const copied = argumentsOf('COPY').flatMap((line) => [...line.matchAll(/\/opt\/dbtool\/(\w\S*)/g)])
    const sources = new Set(copied.map(([, name = '']) => name))
    expect([...sources].sort()).toEqual(['dbtool', 'dist', 'node_modules', 'package.json'])
    for (const source of sources) expect(existsSync(join(root, source)), source).toBe(true)
  })

  it('does not run dbtool as root, and copies no password', () => {
    expect(argumentsOf('USER').at(-1)).toBe('node')
    expect(readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')).toContain('.env')
  })
})

describe('the job for GitHub Actions', async () => {
  const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await workflowParser(folder)
  const [content = ''] = blocksOf('docs/installing.md', 'yaml')
  const parsed = parseWorkflow({ name: 'pool.yml', content }, new NoOperationTraceWriter())
  if (parsed.value === undefined) throw new Error('the workflow is empty')
  const workflow = await convertWorkflowTemplate(parsed.context, parsed.value)
  const steps = workflow.jobs.flatMap((job) => (job.type === 'job' ? job.steps : []))
  const runs = steps.flatMap((step) => ('run' in step ? [step.run.toDisplayString()] : []))
  const commands = runs.filter((run) => run.startsWith('dbtool '))

  it('is a workflow without errors', () => {
    expect(parsed.context.errors.getErrors().map(({ message }) => message)).toEqual([])
    expect(runs.length).toBeGreaterThan(commands.length)
  })

  it('runs scripts that exist', () => {
    const names = runs.flatMap((run) => [...run.matchAll(/npm run (\S+)/g)].map(([, name]) => name))
    expect(names).toEqual(['build'])
  })

  it('fails on a missed threshold alone', async () => {
    expect(commands.map((command) => words(command).slice(0, 3).join(' '))).toEqual([
      'dbtool connection test',
      'dbtool pool stress',
    ])
    const short = ['--duration', '200ms', '--warmup', '0ms']
    for (const command of commands) {
      const argv = words(command).slice(1)
      const outcome = await dbtool([...argv, ...(argv[0] === 'pool' ? short : [])], {
        database: database.name,
        cwd: folder,
      })
      // On a slow machine, the load may really miss its threshold.
      expect(argv[0] === 'pool' ? [0, 99] : [0], outcome.stderr).toContain(outcome.exitCode)
    }
    expect(readFileSync(join(folder, 'pool.md'), 'utf8')).toContain('acquire.p95')
    const missed = [...words(commands[1] ?? '').slice(1), ...short, '--threshold', 'throughput<1']
    expect((await dbtool(missed, { database: database.name, cwd: folder })).exitCode).toBe(99)
  })
})
