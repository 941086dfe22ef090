// Compares package-lock.json with the advisories of a folder, where no registry answers `npm audit`:
//   npm run audit:offline -- FOLDER
// The folder has advisories in the format of OSV (https://ossf.github.io/osv-schema/), one JSON file each, as in
// https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip. npm itself compares the versions. It asks a registry
// on this machine that knows these advisories and nothing else.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { npm } from './npm.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

async function main([folder = '', ...rest]) {
  if (folder === '' || rest.length > 0 || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    console.error(
      'usage: npm run audit:offline -- FOLDER\n' +
        'FOLDER has the advisories of OSV for npm, unpacked from npm/all.zip of osv.dev',
    )
    return 2
  }
  const advisories = readAdvisories(folder)
  console.error(`${[...advisories.values()].flat().length} advisories about ${advisories.size} packages`)
  const server = createServer((request, response) => answer(request, response, advisories))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const registry = `http://127.0.0.1:${server.address().port}`
  const { status } = await npm(['audit', '--package-lock-only', '--registry', registry], {
    cwd: root,
    stdio: 'inherit',
  })
  server.close()
  return status
}

/** The advisories by package, as npm wants them. A withdrawn one does not count. */
function readAdvisories(folder) {
  const advisories = new Map()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const advisory = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    for (const { package: { ecosystem, name } = {}, ...affected } of advisory.withdrawn
      ? []
      : (advisory.affected ?? []))
      if (ecosystem === 'npm') advisories.set(name, [...(advisories.get(name) ?? []), asNpm(advisory, affected)])
  }
  return advisories
}

function asNpm({ id, summary = id, database_specific: { severity = 'high' } = {} }, { ranges = [], versions = [] }) {
  return {
    id,
    url: `https://osv.dev/vulnerability/${id}`,
    title: summary,
    severity: severity.toLowerCase(),
    vulnerable_versions: [...ranges.flatMap(spans), ...versions].join(' || '),
    cwe: [],
    cvss: { score: 0, vectorString: null },
  }
}

/** `introduced 1.0.0, fixed 1.2.3` is `>=1.0.0 <1.2.3`. */
function spans({ type, events = [] }) {
  const texts = []
  for (const { introduced, fixed, last_affected: last } of type === 'GIT' ? [] : events) {
    if (introduced !== undefined) texts.push(`>=${introduced === '0' ? '0.0.0-0' : introduced}`)
    else if (fixed !== undefined) texts.push(`${texts.pop() ?? ''} <${fixed}`)
    else if (last !== undefined) texts.push(`${texts.pop() ?? ''} <=${last}`)
  }
  return texts
}

async function answer(request, response, advisories) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  if (!request.url.endsWith('/advisories/bulk')) return response.writeHead(404).end('{}')
  const body = Buffer.concat(chunks)
  const wanted = JSON.parse(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body)
  const found = Object.keys(wanted).flatMap((name) => (advisories.has(name) ? [[name, advisories.get(name)]] : []))
  return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(Object.fromEntries(found)))
}

process.exitCode = await main(process.argv.slice(2))
