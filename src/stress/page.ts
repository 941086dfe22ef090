import { chartColours, chartStyle, escapeHtml } from './line-chart.ts'

/** The conditions of a measurement: date, command, server, settings and versions. */
export interface About {
  /** ISO 8601. */
  readonly date: string
  readonly command: string
  readonly server: string
  /** The settings of the run, by their captions. */
  readonly settings: Readonly<Record<string, string>>
  readonly versions: Readonly<Record<string, string>>
}

interface Page {
  readonly title: string
  readonly about: About
  /** Whether the measurement is reliable, in a sentence. */
  readonly verdict: { readonly good: boolean; readonly sentence: string }
  /** The HTML between the verdict and the settings. */
  readonly body: readonly string[]
}

/** A self-contained HTML page that suits phones and large screens, in light and dark mode. */
export function pageOf({ title, about, verdict: { good, sentence }, body }: Page): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style></head>
<body><main>
<h1>${escapeHtml(title)}</h1>
<p class="quiet">${escapeHtml(about.date)} · ${escapeHtml(about.server)}<br>
<code>${escapeHtml(about.command)}</code></p>
<p class="verdict ${good ? 'good' : 'bad'}">${escapeHtml(sentence)}</p>
${body.join('\n')}
${tableOf('Settings', Object.entries(about.settings))}
${tableOf('Versions', Object.entries(about.versions))}
</main></body></html>
`
}

/** An HTML table; the first cell of each row is its heading. Empty without rows. */
export function tableOf(
  caption: string,
  rows: readonly (readonly string[])[],
  columns: readonly string[] = [],
): string {
  if (rows.length === 0) return ''
  const head =
    columns.length === 0
      ? ''
      : `<tr>${columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('')}</tr>\n`
  const body = rows.map(([name = '', ...cells]) => {
    const values = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`)
    return `<tr><th scope="row">${escapeHtml(name)}</th>${values.join('')}</tr>`
  })
  return `<table><caption>${escapeHtml(caption)}</caption>${head}${body.join('\n')}</table>`
}

const style = `${chartColours}
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 44rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.4rem } .quiet { color: var(--quiet) } code { overflow-wrap: anywhere }
.verdict { border-left: .3rem solid; padding: .3rem .8rem }
.good { border-color: var(--c) } .bad { border-color: var(--b) }
figure { margin: 1.5rem 0 } figcaption, caption { font-weight: 600; text-align: left }
figcaption span { font-weight: 400; white-space: nowrap; margin-left: .6rem }
svg { width: 100%; height: auto; display: block } svg.key { display: inline-block; width: 24px; height: 8px }
${chartStyle}
table { border-collapse: collapse; width: 100%; margin: 1.5rem 0 }
th, td {
  text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-top: 1px solid var(--grid);
  font-weight: 400; overflow-wrap: anywhere
}
th { color: var(--quiet); overflow-wrap: normal }
`
