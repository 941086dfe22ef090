// Writes dist/sbom.cdx.json, the software bill of materials of the package (CycloneDX). It lists the packages that
// dbtool depends on, and those that are compiled into its files. npm makes it from package-lock.json; this script
// removes the tools of development.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundled } from './bundle.mjs'
import { parts } from './connector.mjs'
import { npm } from './npm.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { name, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const { status, stdout } = await npm(['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], { cwd: root })
if (status !== 0) process.exit(status ?? 1)
const { serialNumber: _number, ...bill } = JSON.parse(stdout)
const { timestamp: _time, ...metadata } = bill.metadata

const top = metadata.component['bom-ref']
const needs = new Map(bill.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]))
const nameOf = (ref) => ref.slice(0, ref.lastIndexOf('@'))
const wanted = new Set([...Object.keys(dependencies), ...bundled, ...parts])
const first = needs.get(top).filter((ref) => wanted.has(nameOf(ref)))
const shipped = new Set(first)
// A set also yields what is added to it meanwhile.
for (const ref of shipped) for (const needed of needs.get(ref) ?? []) shipped.add(needed)

// Without its number and time, the same lock file gives the same bill.
const result = {
  ...bill,
  metadata: { ...metadata, component: { ...metadata.component, name, type: 'application' } },
  components: bill.components
    .filter((component) => shipped.has(component['bom-ref']))
    .map(({ properties = [], ...component }) => ({
      ...component,
      properties: properties.filter((property) => property.name !== 'cdx:npm:package:development'),
    })),
  dependencies: bill.dependencies
    .filter(({ ref }) => ref === top || shipped.has(ref))
    .map((entry) => (entry.ref === top ? { ...entry, dependsOn: first } : entry)),
}
writeFileSync(join(root, 'dist', 'sbom.cdx.json'), `${JSON.stringify(result, null, 2)}\n`)
