// The passages of a file that people read: comments, texts in the code, and prose. A passage is cut into sentences.
//
// A passage has its text as it stands, and a mask of equal length, in which code, links and `${…}` are no words any
// more. So each sentence is judged by its mask and shown as it stands, with its line.
import ts from 'typescript'

/**
 * @typedef {'comment' | 'text' | 'flag' | 'prose'} Kind
 * @typedef {{ kind: Kind, text: string, starts: readonly (readonly [offset: number, line: number])[] }} Passage
 * @typedef {{ kind: Kind, line: number, text: string, plain: string }} Sentence
 */

/** In a mask: stands for a word of code. */
export const code = '¤'
/** In a mask: stands for nothing, such as the asterisks of bold text. */
const gone = '\0'
/** Ends a sentence without being a line of the file: `\n` typed in a string. */
const lineEnd = '\v'

/**
 * The sentences of a file.
 *
 * @param {string} file
 * @param {string} source
 * @param {import('typescript').SourceFile} [tree]
 * @returns {Sentence[]}
 */
export function sentencesOf(file, source, tree) {
  const passages = file.endsWith('.md') ? proseOf(source) : [...commentsOf(tree), ...textsOf(file, tree)]
  return passages.flatMap(cut)
}

/** @returns {Passage} */
function passage(kind, text, line) {
  return { kind, text, starts: [[0, line]] }
}

// Sentences

const ends = /(?:[.!?]["'”’)\]\0]*(?=\s+\S)|…["'”’)\]\0]*(?=\s+[\0"'“‘(]*\p{Lu}))|\v/gu
const abbreviations = /(?:\b(?:e\.g|i\.e|vs|etc|cf|ca|resp|No|St)|\b[A-Z])\.$/

/**
 * @param {Passage} whole
 * @returns {Sentence[]}
 */
export function cut({ kind, text, starts }) {
  const masked = kind === 'text' ? mask(text).replaceAll(/\n(?=[ \n])/g, lineEnd) : mask(text)
  const sentences = []
  let from = 0
  const take = (to) => {
    const begin = from + (/^[\s\0\v]*/.exec(masked.slice(from, to))?.[0].length ?? 0)
    const plain = masked
      .slice(begin, to)
      .replaceAll(gone, '')
      .replaceAll(new RegExp(`${code}+`, 'g'), code)
    const shown = text
      .slice(begin, to)
      .split('')
      .filter((_, index) => masked[begin + index] !== gone)
      .join('')
    if (/[\p{L}\d]/u.test(plain))
      sentences.push({ kind, line: lineAt(starts, text, begin), text: oneLine(shown), plain: oneLine(plain) })
    from = to
  }
  for (const { index, 0: end } of masked.matchAll(ends)) {
    const to = index + end.length
    if (!abbreviations.test(masked.slice(from, index + 1))) take(to)
  }
  take(text.length)
  return sentences
}

const oneLine = (text) => text.replaceAll(/\s+/g, ' ').trim()

function lineAt(starts, text, offset) {
  const [at, line] = starts.findLast(([start]) => start <= offset) ?? [0, 1]
  return line + text.slice(at, offset).split('\n').length - 1
}

/** `**`, `__`, and `*` and `_` at the edges of a word. */
const emphasis = new RegExp(
  [
    /\*\*|__/,
    /(?<![\p{L}\d\s])\*(?=\p{L})|(?<=\s|^)\*(?=\p{L})|(?<=[\p{L}.!?,])\*(?![\p{L}\d*])/,
    /(?<=\s|^)_(?=\p{L})|(?<=[\p{L}.!?])_(?=[\s.,;:]|$)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
)

/** Of equal length: code and links are no words any more, and marks of Markdown are gone. */
export function mask(text) {
  const as = (char) => (found) => char.repeat(found.length)
  return text
    .replaceAll(/\$\{…\}/g, as(code))
    .replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, as(code))
    .replaceAll(/\{\{.*?\}\}/g, as(code))
    .replaceAll(/\{@link[^}]*\}/g, as(code))
    .replaceAll(/<?\bhttps?:\/\/[^\s)>\]]+>?/g, as(code))
    .replaceAll(
      /(!?\[)([^\]]*)(\](?:\([^)]*\)|\[[^\]]*\])?)/g,
      (_, open, label, close) => `${as(gone)(open)}${label}${as(gone)(close)}`,
    )
    .replaceAll(/<\/?[a-z][^<>]*>/g, as(gone))
    .replaceAll(emphasis, as(gone))
}

/** The words of a sentence: a piece of code is one, a sign between spaces is none. */
export function words(plain) {
  return plain.split(/\s+/).filter((word) => /[\p{L}\d¤]/u.test(word))
}

// Markdown

/** @returns {Passage[]} */
export function proseOf(source) {
  const passages = []
  let open
  let fence
  let comment = false
  const close = () => {
    if (open !== undefined) passages.push(open)
    open = undefined
  }
  for (const [index, line] of source.split('\n').entries()) {
    const number = index + 1
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1]
    if (fence !== undefined) {
      if (mark?.startsWith(fence)) fence = undefined
      continue
    }
    if (mark !== undefined || comment || /^\s*<!--/.test(line)) {
      close()
      fence = mark
      comment = mark === undefined && !line.includes('-->')
      continue
    }
    if (/^\s*\|/.test(line)) {
      close()
      if (!/^[\s|:-]+$/.test(line)) passages.push(...cellsOf(line).map((cell) => passage('prose', cell, number)))
      continue
    }
    const [, heading] = /^\s*#{1,6}\s+(.*)$/.exec(line) ?? []
    if (heading !== undefined) {
      close()
      passages.push(passage('prose', heading, number))
      continue
    }
    const [, item] = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/.exec(line) ?? []
    if (item !== undefined || line.trim() === '') close()
    if (line.trim() === '') continue
    const text = item ?? line.replace(/^\s*(?:>\s?)*/, '')
    if (open === undefined) open = passage('prose', text, number)
    else open = { ...open, text: `${open.text}\n${text}` }
  }
  close()
  return passages
}

function cellsOf(line) {
  const masked = mask(line).replaceAll('\\|', code.repeat(2))
  const bars = [...masked.matchAll(/\|/g)].map(({ index }) => index)
  return [...bars, line.length].slice(1).flatMap((end, index) => line.slice((bars[index] ?? 0) + 1, end).trim() || [])
}

// Comments

/** What a program reads, not a person. */
const directive = /^\s*(?:oxlint-|oxfmt-ignore|@ts-|#!|\/ <reference|#__|@vite)/

/** @returns {Passage[]} */
export function commentsOf(tree) {
  const text = tree.text
  const passages = []
  let run
  const close = () => {
    if (run !== undefined) passages.push(...paragraphs(run.lines, run.line))
    run = undefined
  }
  for (const { pos, end } of commentRanges(tree)) {
    const line = tree.getLineAndCharacterOfPosition(pos).line + 1
    const raw = text.slice(pos, end)
    const content = raw.startsWith('//') ? [raw.slice(2)] : blockLines(raw)
    if (directive.test(content[0] ?? '')) continue
    const alone = text.slice(text.lastIndexOf('\n', pos - 1) + 1, pos).trim() === ''
    if (raw.startsWith('//') && alone && run !== undefined && run.line + run.lines.length === line) {
      run.lines.push(...content)
      continue
    }
    close()
    run = { lines: content, line }
    if (!raw.startsWith('//') || !alone) close()
  }
  close()
  return passages
}

function blockLines(raw) {
  return raw
    .replace(/^\/\*+/, '')
    .replace(/\*+\/$/, '')
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.replace(/^\s*\*? ?/, '')))
}

/** @returns {Passage[]} */
function paragraphs(lines, first) {
  const passages = []
  let open
  for (const [index, line] of lines.entries()) {
    const item = /^\s*(?:-|\d+\.|@\w+)\s+/.test(line)
    // An indented line is an example.
    const example = open === undefined ? /^ {3,}\S/.test(line) : /^ {2,}\S/.test(line) && !/^\s*$/.test(line)
    if (line.trim() === '' || item || example) {
      if (open !== undefined) passages.push(open)
      open = undefined
    }
    if (line.trim() === '' || example) continue
    const text = item ? line.replace(/^\s*(?:-|\d+\.|@param\s+\S+|@\w+)\s+/, '') : line.trim()
    if (open === undefined) open = passage('comment', text, first + index)
    else open = { ...open, text: `${open.text}\n${text}` }
  }
  if (open !== undefined) passages.push(open)
  return passages
}

/** Where comments are: everywhere but in strings, templates and regular expressions. */
function commentRanges(tree) {
  const literals = []
  const visit = (node) => {
    if (ts.isStringLiteralLike(node) || ts.isRegularExpressionLiteral(node))
      literals.push([node.getStart(tree), node.end])
    else if (ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      literals.push([node.getStart(tree), node.end])
    ts.forEachChild(node, visit)
  }
  visit(tree)
  literals.sort(([a], [b]) => a - b)
  const { text } = tree
  const ranges = []
  let next = 0
  for (let at = text.startsWith('#!') ? text.indexOf('\n') : 0; at < text.length;) {
    while (next < literals.length && literals[next][1] <= at) next += 1
    const slash = text.indexOf('/', at)
    if (slash === -1) break
    const literal = literals[next]
    if (literal !== undefined && slash >= literal[0]) {
      at = literal[1]
      continue
    }
    const end =
      text[slash + 1] === '/'
        ? text.indexOf('\n', slash)
        : text[slash + 1] === '*'
          ? text.indexOf('*/', slash) + 2
          : undefined
    if (end === undefined) at = slash + 1
    else {
      at = end === -1 ? text.length : end
      ranges.push({ pos: slash, end: at })
    }
  }
  return ranges
}

// Texts in the code

/** @returns {Passage[]} */
export function textsOf(file, tree) {
  if (file.endsWith('.sql.ts')) return []
  const passages = []
  const add = (node, kind) => {
    const parts = partsOf(node, tree)
    const text = parts.map((part) => part.text).join('')
    if (!isProse(text, kind)) return
    let offset = 0
    const starts = parts.map(({ text: part, line }) => {
      offset += part.length
      return /** @type {const} */ ([offset - part.length, line])
    })
    passages.push({ kind, text, starts })
  }
  const flags = new Set()
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return
    if (file.startsWith('commands/')) for (const help of flagHelps(node)) flags.add(help)
    if (!isText(node)) {
      ts.forEachChild(node, visit)
      return
    }
    add(node, flags.has(node) ? 'flag' : 'text')
    substitutions(node).forEach(visit)
  }
  visit(tree)
  return passages
}

const isText = (node) =>
  ts.isStringLiteralLike(node) ||
  ts.isTemplateExpression(node) ||
  (ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.PlusToken &&
    (isText(node.left) || isText(node.right)))

const flagForm = /^(?:-\w, )?--[\w-]+(?: [<[][^>\]]+[>\]])?$/
const argumentForm = /^[<[][\w-]+(?:\.\.\.)?[>\]]$/

/** The descriptions of flags and arguments among the arguments of a call or the items of an array. */
function flagHelps(node) {
  const items =
    ts.isCallExpression(node) || ts.isNewExpression(node)
      ? (node.arguments ?? [])
      : ts.isArrayLiteralExpression(node)
        ? node.elements
        : []
  return items.filter((item, index) => {
    const flag = items[index - 1]
    if (flag === undefined || !ts.isStringLiteralLike(flag) || !isText(item)) return false
    return flagForm.test(flag.text) || (argumentForm.test(flag.text) && !ts.isArrayLiteralExpression(node))
  })
}

function substitutions(node) {
  if (ts.isTemplateExpression(node)) return node.templateSpans.map(({ expression }) => expression)
  if (ts.isBinaryExpression(node))
    return [node.left, node.right].flatMap((side) => (isText(side) ? substitutions(side) : [side]))
  return []
}

/** The pieces of a text; what is put in is `${…}`. */
function partsOf(node, tree) {
  const lineOf = (of) => tree.getLineAndCharacterOfPosition(of.getStart(tree)).line + 1
  const part = (of, raw) => ({ text: unescaped(raw), line: lineOf(of) })
  if (ts.isStringLiteralLike(node)) return [part(node, node.getText(tree).slice(1, -1))]
  if (ts.isTemplateExpression(node))
    return [
      part(node.head, node.head.getText(tree).slice(1, -2)),
      ...node.templateSpans.flatMap(({ expression, literal }) => [
        { text: '${…}', line: lineOf(expression) },
        part(literal, literal.getText(tree).slice(1, ts.isTemplateTail(literal) ? -1 : -2)),
      ]),
    ]
  if (isText(node)) return [node.left, node.right].flatMap((side) => partsOf(side, tree))
  return [{ text: '${…}', line: lineOf(node) }]
}

function unescaped(raw) {
  return raw.replaceAll(/\\(?:u\{?[0-9a-fA-F]+\}?|x[0-9a-fA-F]{2}|[\s\S])/g, (found) => {
    const char = found[1]
    if (char === 'n') return lineEnd
    if (char === '\n') return '\n'
    return 'uxtr0b'.includes(char) ? ' ' : char
  })
}

const sqlWords = [
  'SELECT FROM WHERE JOIN INSERT INTO VALUES UPDATE DELETE CREATE ALTER DROP TABLE SET AND OR ON AS IN NOT NULL GROUP',
  'ORDER BY LIMIT CASE WHEN THEN INDEX KEY REFERENCES GRANT TO SHOW IS EXISTS HAVING UNION LIKE BETWEEN DESC ASC FOR',
  'DISTINCT USING INTERVAL CHECK DEFAULT',
]
const sqlWord = new RegExp(`\\b(?:${sqlWords.join(' ').replaceAll(' ', '|')})\\b`, 'g')

/** At least two words, and not SQL, HTML or CSS. A text of four words and more may be a sentence. */
function isProse(text, kind) {
  const masked = mask(text).replaceAll(gone, '')
  const plain = words(masked).filter((word) => /^["'“(]*[\p{L}][\p{L}'’-]*["'”),.;:!?]*$/u.test(word))
  if (kind === 'flag') return plain.length > 0
  if (plain.length < 2) return false
  if (
    (text.match(sqlWord) ?? []).length >= 2 ||
    /^\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|SHOW|SET|GRANT|KILL|START|WITH|EXPLAIN)\b/.test(text)
  )
    return false
  return !/[{;]\s*[a-z-]+:[^;]*;|^\s*<|=>|^\s*\.[a-z]/.test(text)
}
