// Judges the sentences, names and lines of this repository by the rules of style that a program can judge.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import ts from 'typescript'
import { exceptions } from './exceptions.mjs'
import { retiredCode, retiredFiles, retiredNames } from './names.mjs'
import { sentencesOf, words } from './passages.mjs'
import { retiredWords, subjects } from './words.mjs'

/**
 * @typedef {'subject' | 'word' | 'length' | 'flag' | 'name' | 'width'} Rule
 * @typedef {{ file: string, line: number, rule: Rule, text: string, instead: string }} Hit
 */

/** What each rule asks, in the order of a report. */
export const rules = {
  subject: 'a noun is the subject of a sentence',
  word: 'the terms of the trade, no retired words',
  length: 'at most 25 words in a sentence',
  flag: 'at most 60 characters in the help of a flag',
  name: 'no retired names in the code',
  width: 'at most 120 columns in a line',
}
const mostWords = 25
export const mostOfFlag = 60
const mostColumns = 120

const isCode = (file) => /\.(?:ts|mjs)$/.test(file)
const isJudged = (file) => isCode(file) || file.endsWith('.md')
const history = /^(?:docs\/decisions\.md|CHANGELOG\.md)$|^docs\/reference\//
/** The tables of these rules name what they retire. */
const itself = /^(?:scripts\/style|test\/style)/
/** Whose comments and texts are judged. */
const isRead = (file) =>
  /^(?:bin|commands|src|bench)\/.*\.ts$/.test(file) || (file.endsWith('.md') && !history.test(file))
const isNamed = (file) => isJudged(file) && !history.test(file) && !itself.test(file)

/** The files of the repository below `root` that have a style, or those of them at or below some paths. */
export function filesOf(root, paths = []) {
  const below = (folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  const folders = ['bin', 'commands', 'src', 'bench', 'test', 'scripts', 'docs']
  const files = [...folders.flatMap(below), 'README.md', 'CONTRIBUTING.md'].filter(isJudged).sort()
  const wanted = paths.map((path) => path.replace(/^\.\//, '').replace(/\/+$/, ''))
  return wanted.length === 0
    ? files
    : files.filter((file) => wanted.some((path) => path === '.' || file === path || file.startsWith(`${path}/`)))
}

/**
 * The hits of some files without the exceptions, the exceptions that hit nothing, and the number of sentences of each
 * kind.
 */
export function check(root, files) {
  const used = new Set()
  const read = { comment: 0, text: 0, flag: 0, prose: 0 }
  const isExcepted = (hit) => {
    const found = exceptions.filter(
      ({ rule, text, file }) =>
        rule === hit.rule && hit.text.includes(text) && (file === undefined || file.test(hit.file)),
    )
    for (const one of found) used.add(one)
    return found.length > 0
  }
  const hits = files.flatMap((file) => {
    const { sentences, hits: all } = judge(file, readFileSync(join(root, file), 'utf8'))
    for (const { kind } of sentences) read[kind] += 1
    return all.filter((hit) => !isExcepted(hit))
  })
  return { hits, unused: exceptions.filter((one) => !used.has(one)), read }
}

/** The sentences of one file, and its hits: also those that are exceptions. */
export function judge(file, source) {
  const tree = isCode(file) ? ts.createSourceFile(file, source, ts.ScriptTarget.Latest) : undefined
  const sentences = isRead(file) ? sentencesOf(file, source, tree) : []
  const hits = [
    ...sentences.flatMap(faultsOf),
    ...(isNamed(file) ? namesIn(file, source, tree) : []),
    ...(history.test(file) ? [] : wideLines(file, source)),
  ]
  return { sentences, hits: hits.map((hit) => ({ file, ...hit })).sort((a, b) => a.line - b.line) }
}

/** The faults of one sentence. */
export function faultsOf({ kind, line, text, plain }) {
  const many = words(plain)
  const hit = (rule, instead) => ({ line, rule, text, instead })
  const beginning = plain.replace(/^[^\p{L}\d¤]+/u, '')
  const hits = []
  if (many.length >= (kind === 'text' ? 4 : 2) && !/\?["')]*$/.test(plain)) {
    const parts = [beginning, ...beginning.split(/[:;] /).slice(1)]
    for (const { words: begins, instead } of subjects)
      if (parts.some((part) => begins.test(part))) hits.push(hit('subject', instead))
  }
  for (const { words: retired, instead } of retiredWords) {
    const found = retired.exec(plain)?.[0]
    if (found !== undefined) hits.push(hit('word', `not “${found}”: ${instead}`))
  }
  if (many.length > mostWords) hits.push(hit('length', `${many.length} words: make it two sentences`))
  if (kind === 'flag' && text.length > mostOfFlag)
    hits.push(hit('flag', `${text.length} characters: an imperative or a noun phrase of at most ${mostOfFlag}`))
  return hits
}

// Names

function namesIn(file, source, tree) {
  const named = isCode(file) ? identifiers(tree) : codeOfProse(source)
  const of = (name) =>
    retiredNames.find(
      ({ name: retired, within, except }) =>
        retired.test(name) && (within?.test(file) ?? true) && !(except?.test(file) ?? false),
    )
  const hits = named.flatMap(({ name, line }) => {
    const retired = of(name)
    return retired === undefined ? [] : [{ line, rule: 'name', text: name, instead: retired.instead }]
  })
  const lines = isCode(file) ? source.split('\n') : []
  const inCode = lines.flatMap((text, index) =>
    retiredCode
      .filter(({ code }) => code.test(text))
      .map(({ instead }) => ({ line: index + 1, rule: 'name', text: text.trim(), instead })),
  )
  const itsName = retiredFiles.file.test(basename(file))
    ? [{ line: 1, rule: 'name', text: basename(file), instead: retiredFiles.instead }]
    : []
  return [...itsName, ...onceALine([...hits, ...inCode])]
}

function onceALine(hits) {
  const seen = new Set()
  return hits.filter(({ line, text }) => {
    const key = `${line} ${text}`
    return !seen.has(key) && seen.add(key)
  })
}

function identifiers(tree) {
  const found = []
  const visit = (node) => {
    if (ts.isIdentifier(node))
      found.push({ name: node.text, line: tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1 })
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** The words of code spans and of blocks that are not commands of a shell. */
function codeOfProse(source) {
  let block
  return source.split('\n').flatMap((text, index) => {
    const [, fence] = /^\s*```(.*)$/.exec(text) ?? []
    if (fence !== undefined) {
      block = block === undefined ? fence : undefined
      return []
    }
    const code =
      block === undefined
        ? (text.match(/`[^`]+`/g) ?? []).filter((span) => !/ /.test(span)).join(' ')
        : /^(?:ts|js)\b(?!on)/.test(block)
          ? text
          : ''
    return (code.match(/[A-Za-z_]\w*/g) ?? []).map((name) => ({ name, line: index + 1 }))
  })
}

// Lines

function wideLines(file, source) {
  let block = false
  return source.split('\n').flatMap((text, index) => {
    if (file.endsWith('.md')) {
      const fence = /^\s*```/.test(text)
      if (fence) block = !block
      const title = /^\s*#/.test(text) && text.includes('](')
      if (fence || block || title || /^\s*(?:\||<!--)/.test(text)) return []
    }
    // One long word, such as a link, cannot be broken.
    const isOneWord = !/\s/.test(text.trim().replace(/^(?:[-*>]|\d+\.)\s+/, ''))
    return text.length <= mostColumns || isOneWord
      ? []
      : [{ line: index + 1, rule: 'width', text: text.trim(), instead: `${text.length} columns: break the line` }]
  })
}

// The report

/** One line: where, which rule, the sentence, and what to say instead. */
export function lineOf({ file, line, rule, text, instead }) {
  const cut = text.length <= 120 ? text : `${text.slice(0, 119)}…`
  return `${file}:${line} · ${rule} · ${cut} · ${instead}`
}

/** How many hits each rule has. */
export function countsOf(hits) {
  return Object.keys(rules).map((rule) => [rule, hits.filter((hit) => hit.rule === rule).length])
}
