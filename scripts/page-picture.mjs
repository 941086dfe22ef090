// Takes docs/pool-report.png from the page of a real run (`npm run picture:page`). Needs a build, MariaDB and Chromium;
// works in a temporary home. A run that its page calls unreliable leaves the picture as it is.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { launch } from 'puppeteer-core'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const home = mkdtempSync(join(tmpdir(), 'dbtool-picture-'))
const browser = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'chromium'))
  .find((path) => existsSync(path))

function dbtool(...args) {
  const env = { ...process.env, DBTOOL_HOME: join(home, 'server'), CI: '1' }
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, 'dist', 'cli', 'dbtool.cjs'), ...args], {
    cwd: home,
    env,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${stdout}${stderr}`)
}

try {
  if (browser === undefined) throw new Error('there is no chromium on the PATH')
  dbtool('server', 'start')
  const load = ['--workload', 'read', '--rate', '300', '--duration', '10s', '--warmup', '2s']
  const thresholds = ['--threshold', 'total.p99<250ms', '--threshold', 'failed_share<1%']
  dbtool('pool', 'stress', ...load, ...thresholds, '--out', 'html=report.html', '--out', 'json=report.json')
  const { validity } = JSON.parse(readFileSync(join(home, 'report.json'), 'utf8')).result
  if (validity.verdict !== 'valid') throw new Error(JSON.stringify(validity, null, 2))
  const chromium = await launch({ executablePath: browser, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  const page = await chromium.newPage()
  await page.setViewport({ width: 1_100, height: 800 })
  await page.goto(pathToFileURL(join(home, 'report.html')).href)
  await page.screenshot({ path: join(root, 'docs', 'pool-report.png'), fullPage: true })
  await chromium.close()
} finally {
  spawnSync(process.execPath, [join(root, 'dist', 'cli', 'dbtool.cjs'), 'server', 'stop'], {
    env: { ...process.env, DBTOOL_HOME: join(home, 'server') },
  })
  rmSync(home, { recursive: true, force: true })
}
