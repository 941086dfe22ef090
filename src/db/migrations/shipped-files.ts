import { readdirSync, readFileSync } from 'node:fs'

/** The files of the migrations, by name. The bundle of the library holds their texts instead (scripts/bundle.mjs). */
export const shippedFiles = (): ReadonlyMap<string, string> => filesIn(new URL('./sql/', import.meta.url))

export function filesIn(folder: URL): ReadonlyMap<string, string> {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]))
}
