import type { Layout } from '../layout.ts'

export const presetNouns = ['orders', 'products', 'users'] as const
export type PresetNoun = (typeof presetNouns)[number]

/** The layout of one export of another system. */
export interface PresetFile extends Layout {
  /** Where the system offers the export. */
  readonly from: string
  /** Columns that together are in no other system's export; a list of names is any one of them. */
  readonly signature: readonly (string | readonly string[])[]
  /** A remark for the page of presets. */
  readonly note?: string
}

/** The exports of another system. */
export interface Preset {
  readonly name: string
  readonly system: string
  readonly files: Readonly<Partial<Record<PresetNoun, PresetFile>>>
}
