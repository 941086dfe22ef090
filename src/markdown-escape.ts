/** The characters with a meaning in Markdown (https://github.github.com/gfm/). An underscore inside a word has none. */
const special = /[\\`*[\]<>&~|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu

/** A text of one line that Markdown shows as it is. */
export const escapeMarkdown = (text: string): string => text.replace(special, '\\$&')
