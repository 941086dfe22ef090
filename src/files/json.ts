import { type Column, foldName, type IgnoredColumn, ignoredColumns, positionsOf } from './columns.ts'
import { longestRecord, readLines, readText, tooLong } from './lines.ts'
import { isObject } from '../kind-of.ts'
import type { JsonList } from './json-list.ts'
import { elementsOf, type JsonObject, nestedColumns, type NestedColumns, rootsOf } from './paths.ts'
import type { RecordText } from './quotes.ts'
import type { Batch, SourceRecord } from './record.ts'
import type { Source } from './source.ts'
import { badFile, quoted } from './wording.ts'

/** Yields the records of a file with one JSON object per line. A line without an object becomes a faulty record. */
export async function* ndjsonBatches(source: Source, reader: JsonReader): AsyncGenerator<Batch> {
  for await (const { first, lines, end } of readLines(source)) {
    const records: SourceRecord[] = []
    for (const [index, text] of lines.entries()) {
      const raw = text.endsWith('\r') ? text.slice(0, -1) : text
      if (text.trim() !== '') reader.read({ line: first + index, raw }, records)
    }
    yield { records, end }
  }
}

/**
 * Yields the records of a file that is one JSON list of objects, however its lines are broken. `list`: it is a list
 * within an object.
 */
export async function* jsonBatches(source: Source, reader: JsonReader, list?: JsonList): AsyncGenerator<Batch> {
  const elements = new ElementFinder(source.name, list)
  let above = list?.at ?? 0
  for await (const { text, end } of readText(source)) {
    const records: SourceRecord[] = []
    for (const element of elements.push(text.slice(above))) reader.read(element, records)
    above = Math.max(0, above - text.length)
    yield { records, end }
  }
  elements.finish()
}

/** Parses one object; undefined when it is not JSON or not an object. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Strings, which are left unchanged, and numbers: the only two JSON tokens that contain digits. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|-?\d[\d.eE+-]*/g

function numbersAsText(json: string): string {
  return json.replace(stringOrNumber, (token) => (token.startsWith('"') ? token : `"${token}"`))
}

/** The keys of one shape of objects that hold the values of fields. */
interface Plan {
  readonly keys: readonly { name: string; key: string }[]
  readonly fault: string | undefined
}

/** The number of shapes, and of ignored keys, that are remembered, so that no file fills the memory with them. */
const mostShapes = 1_000

/**
 * Reads the wanted keys of objects as text. Numbers stay exactly as written: a quantity of 1e3 is not 1000, and
 * 9007199254740993 would be rounded. null becomes undefined; an absent key is absent from the result.
 */
export class JsonReader {
  readonly #columns: readonly Column[]
  readonly #nested: NestedColumns | undefined
  readonly #roots: ReadonlySet<string>
  readonly #plans = new Map<string, Plan>()
  readonly #ignored = new Set<string>()
  readonly #found = new Set<string>()
  /** The columns that the user named, as long as no object has a value there. */
  readonly #unseen: Map<string, string>

  constructor(columns: readonly Column[]) {
    this.#columns = columns
    this.#unseen = new Map(
      columns.flatMap(({ name, required, demanded, candidates: [key] }) =>
        demanded && !required && key !== undefined ? [[name, key]] : [],
      ),
    )
    this.#nested = nestedColumns(columns)
    this.#roots = new Set(rootsOf(columns).map(foldName))
  }

  /** The keys that no field reads, of all objects so far. */
  ignored(): IgnoredColumn[] {
    const absent = this.#columns.map(({ name }) => name).filter((name) => !this.#found.has(name))
    return ignoredColumns([...this.#ignored], absent)
  }

  /** The keys that the user named, and that have no value in any object so far. */
  unseen(): string[] {
    return [...new Set(this.#unseen.values())]
  }

  /** Adds the records of one object: a single one, or one for each element of the list that the columns name. */
  read({ line, raw }: RecordText, records: SourceRecord[]): void {
    const object = parseObject(raw)
    if (object === undefined) records.push({ line, raw, values: {}, fault: 'is not a JSON object' })
    else
      for (const part of this.#valuesOf(object, raw)) {
        for (const name of this.#unseen.keys()) if (part.values[name] !== undefined) this.#unseen.delete(name)
        records.push({ line, raw, ...part })
      }
  }

  #valuesOf(object: JsonObject, raw: string): Values[] {
    const { keys, fault } = this.#planFor(Object.keys(object))
    const isExact = this.#nested === undefined && keys.every(({ key }) => typeof object[key] !== 'number')
    const exact = isExact ? object : (parseObject(numbersAsText(raw)) ?? object)
    const common = keys.map(({ name, key }): NamedValue => [name, key, exact[key]])
    if (this.#nested === undefined) return [valuesFrom(common, fault)]
    const { list, valuesOf } = this.#nested
    if (list === undefined) return [valuesFrom([...common, ...valuesOf(exact, undefined)], fault)]
    const elements = elementsOf(exact, list)
    if (elements === undefined || elements.length === 0) {
      const what = elements === undefined ? 'is not a list' : 'has no elements'
      return [valuesFrom([...common, ...valuesOf(exact, undefined)], fault ?? `${quoted(list.join('.'))} ${what}`)]
    }
    return elements.map((element) => valuesFrom([...common, ...valuesOf(exact, element)], fault))
  }

  /** Objects of a file mostly have the same keys, so that the keys are compared with the columns only once. */
  #planFor(names: readonly string[]): Plan {
    const shape = names.join('\n')
    const known = this.#plans.get(shape)
    if (known !== undefined) return known
    const faults: string[] = []
    const read = new Set<string>()
    const keys = this.#columns.flatMap(({ name, candidates }) => {
      const [[key, ...more] = []] = candidates
        .map((column) => positionsOf(column, names).map((position) => names[position] ?? ''))
        .filter(({ length }) => length > 0)
      if (more.length > 0) faults.push(`keys ${[key ?? '', ...more].map(quoted).join(' and ')} could both be ${name}`)
      if (key === undefined) return []
      for (const like of [key, ...more]) read.add(like)
      this.#found.add(name)
      return [{ name, key }]
    })
    this.#noteIgnored(names, read)
    const plan = { keys, fault: faults.length > 0 ? faults.join('; ') : undefined }
    if (this.#plans.size >= mostShapes) this.#plans.clear()
    this.#plans.set(shape, plan)
    return plan
  }

  #noteIgnored(names: readonly string[], read: Set<string>): void {
    // dbtool itself adds these two to the objects of a rejects file.
    if (names.at(-2) === 'line' && names.at(-1) === 'reason') for (const name of ['line', 'reason']) read.add(name)
    for (const name of names)
      if (!read.has(name) && !this.#roots.has(foldName(name)) && this.#ignored.size < mostShapes)
        this.#ignored.add(name)
  }
}

type NamedValue = [name: string, column: string, value: unknown]
type Values = Pick<SourceRecord, 'values' | 'fault'>

function valuesFrom(named: readonly NamedValue[], fault: string | undefined): Values {
  const values: SourceRecord['values'] = {}
  const faults = fault === undefined ? [] : [fault]
  for (const [name, column, value] of named) {
    // Of several columns for one field, the first one with a value counts.
    if (typeof value === 'string' || typeof value === 'boolean') values[name] ??= String(value).trim() || undefined
    else if (value === null) values[name] ??= undefined
    else if (value !== undefined) faults.push(`${quoted(column)} is not a single value`)
  }
  return { values, fault: faults.length > 0 ? faults.join('; ') : undefined }
}

const oneList = 'Give one list of objects, or one object per line.'

/** Cuts the text of a JSON list into its elements. */
class ElementFinder {
  readonly #name: string
  /** The part of the document below a list within an object. */
  readonly #below: BelowList | undefined
  #line: number
  #depth = 0
  #inString = false
  #isEscaped = false
  #isEnded = false
  #element: { line: number; text: string } | undefined

  /** The name is used in messages only. */
  constructor(name: string, list: JsonList | undefined) {
    this.#name = name
    this.#line = list?.line ?? 1
    this.#below = list && new BelowList(name, list.depth)
  }

  /** Yields the elements that a piece of the text completes. Throws BAD_INPUT for anything but one list of objects. */
  *push(text: string): Generator<RecordText> {
    let from = 0
    for (let at = 0; at < text.length; at++) {
      const character = text[at] ?? ''
      if (character === '\n') this.#line++
      if (this.#inString) this.#readString(character)
      else if (this.#isEnded && this.#below !== undefined) {
        if (character === '"') this.#inString = true
        else this.#below.read(character, this.#line)
      } else if (this.#depth <= 1) {
        if (this.#startsElement(character)) from = at
      } else if (character === '"') this.#inString = true
      else if (character === '{' || character === '[') this.#depth++
      else if ((character === '}' || character === ']') && --this.#depth === 1) {
        this.#extend(text.slice(from, at + 1))
        const { line, text: raw } = this.#element ?? { line: 0, text: '' }
        this.#element = undefined
        yield { line, raw }
      }
    }
    if (this.#element) this.#extend(text.slice(from))
  }

  #readString(character: string): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (character === '\\') this.#isEscaped = true
    else if (character === '"') this.#inString = false
  }

  /** Reads a character outside of the elements; true for the first one of an element. */
  #startsElement(character: string): boolean {
    if (/\s/.test(character)) return false
    if (this.#depth === 1 && character === '{') {
      this.#depth = 2
      this.#element = { line: this.#line, text: '' }
      return true
    }
    if (this.#depth === 0 && character === '[' && !this.#isEnded) this.#depth = 1
    else if (this.#depth === 1 && character === ']') {
      this.#depth = 0
      this.#isEnded = true
    } else if (this.#depth !== 1 || character !== ',') throw this.#unexpected()
    return false
  }

  #extend(text: string): void {
    const element = this.#element
    if (!element) return
    element.text += text
    if (element.text.length > longestRecord) throw tooLong(this.#name, element.line)
  }

  #unexpected(): Error {
    const what = this.#isEnded ? 'text after the end of the list' : 'the list holds a value that is no object'
    return badFile(this.#name, this.#line, what, oneList)
  }

  /** Throws BAD_INPUT when the file ends inside the list. */
  finish(): void {
    if (!this.#isEnded)
      throw badFile(this.#name, this.#element?.line, 'the list never ends', 'The file seems to be cut.')
    this.#below?.finish()
  }
}

/** Reads a document below a list within its objects: a second list of objects would be lost. */
class BelowList {
  #open: number
  #before = ''

  constructor(
    private readonly name: string,
    /** The number of objects around the list. */
    private readonly depth: number,
  ) {
    this.#open = depth
  }

  /** Reads a character outside of texts. Throws BAD_INPUT for another such list, and for text after the document. */
  read(character: string, line: number): void {
    if (/\s/.test(character)) return
    if (this.#open === 0) throw badFile(this.name, line, 'text after the end of the document', oneList)
    if (character === '{' && this.#before === '[' && this.#open === this.depth + 1)
      throw badFile(this.name, line, 'a second list of objects', "Take one out: jq '.orders' FILE > orders.json")
    if (character === '{' || character === '[') this.#open += 1
    else if (character === '}' || character === ']') this.#open -= 1
    this.#before = character
  }

  /** Throws BAD_INPUT when the file ends inside of the document. */
  finish(): void {
    if (this.#open > 0) throw badFile(this.name, undefined, 'the JSON never ends', 'The file seems to be cut.')
  }
}
