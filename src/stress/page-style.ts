import { chartColours, chartStyle } from './svg-chart.ts'

/** The style of a report page. On large screens, charts and settings have two columns. */
export const pageStyle = `${chartColours}
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 76rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.5rem; margin: .5rem 0 } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem }
.quiet { color: var(--quiet); margin: .3rem 0; overflow-wrap: anywhere }
.command { display: flex; gap: .6rem; align-items: start; margin: .8rem 0 }
code { font: .9rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
.command .lines { white-space: pre; overflow-x: auto; min-width: 0 }
.flag { white-space: nowrap }
.command code { flex: 1; padding: .4rem .7rem; border: 1px solid var(--grid); border-radius: .4rem }
button { font: inherit; font-size: .9rem; padding: .4rem .8rem; border-radius: .4rem; cursor: pointer;
  color: var(--ink); background: var(--paper); border: 1px solid var(--quiet) }
[hidden] { display: none }
.verdict { border-left: .3rem solid; padding: .3rem .8rem; margin: 1rem 0 }
.good { border-color: var(--c) } .bad { border-color: var(--b) }
.charts { display: grid; gap: 1.2rem 2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)) }
figure { margin: 0; min-width: 0 } figcaption, caption { font-weight: 600; text-align: left }
.unit, span.key { font-weight: 400; color: var(--quiet) } span.key { white-space: nowrap; margin-left: .6rem }
.chart > svg { width: 100%; max-width: 560px; height: auto; display: block }
svg.key { display: inline-block; width: 24px; height: 8px }
.drawn > svg, .drawn span.key { display: none }
${chartStyle}
.u-legend { font-size: .85rem; text-align: left; color: var(--quiet) }
.u-legend th { font-weight: 400 } .u-legend .u-value { color: var(--ink) }
.u-legend.u-inline th::after { vertical-align: baseline }
.u-select { background: var(--grid); opacity: .5 } .u-cursor-x { border-color: var(--quiet) }
.tables { display: grid; gap: 0 2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)) }
.table { overflow-x: auto; margin: 1rem 0; min-width: 0 }
.table table { border-collapse: collapse; min-width: min(100%, 28rem) } .tables table { width: 100% }
.table caption { margin-bottom: .2rem }
.table th, .table td {
  text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0; border-top: 1px solid var(--grid);
  font-weight: 400
}
.table th { color: var(--quiet) } .missed, .table .missed th { color: var(--b) }
.table .long { overflow-wrap: anywhere } .table .number { white-space: nowrap }
.table .right { text-align: right; font-variant-numeric: tabular-nums }
.table .right + :not(.right) { padding-left: .4rem }
@media (max-width: 30rem) { .table { font-size: .85rem } }
@media (hover: none) { .hint { display: none } }
`
