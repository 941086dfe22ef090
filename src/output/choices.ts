/** What `--format` and `--color` can be: apart from what makes them, so that a command line is read without their libraries. */
export const formats = ['table', 'json', 'ndjson', 'csv', 'ids', 'count'] as const
export type Format = (typeof formats)[number]

export const colourChoices = ['auto', 'always', 'never'] as const
export type ColourChoice = (typeof colourChoices)[number]
