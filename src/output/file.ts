import { once } from 'node:events'
import { NewFile, type NewFileRequest } from '../new-file.ts'
import { counted } from '../in-words.ts'
import { writeSlowly, type Destination, type Ending } from './destination.ts'

export type FileRequest = Omit<NewFileRequest, 'flag'> & { readonly flag?: string }

/** A file that is either complete at the end, or does not exist. */
export class OutputFile implements Destination {
  readonly screen = undefined
  readonly isRead = false
  readonly hasLeft = false
  readonly #path: string
  readonly #file: NewFile
  readonly #stream: NodeJS.WritableStream
  #failure: unknown

  private constructor(path: string, file: NewFile) {
    this.#path = path
    this.#file = file
    this.#stream = file.handle.createWriteStream().on('error', (error: unknown) => (this.#failure = error))
  }

  /** Rejects with USAGE if the file exists and `force` is false, or if it cannot be written. */
  static async open({ flag = '--output', ...request }: FileRequest): Promise<OutputFile> {
    return new OutputFile(request.path, await NewFile.create({ ...request, flag }))
  }

  write(text: string): void {
    this.#stream.write(text)
  }

  async put(text: string | Buffer, signal: AbortSignal): Promise<void> {
    await writeSlowly(this.#stream, text, signal).catch((error: unknown) => {
      throw this.#failure === undefined ? error : this.#file.failed(this.#failure)
    })
  }

  flush(): void {
    // Closing the file writes the rest.
  }

  async close({ isWhole, rows }: Ending): Promise<string | undefined> {
    try {
      this.#stream.end()
      if (this.#failure === undefined)
        await once(this.#stream, 'close').catch((error: unknown) => (this.#failure = error))
      if (this.#failure !== undefined) throw this.#file.failed(this.#failure)
      if (!isWhole) return undefined
      await this.#file.commit()
      const where = `written to ${this.#path}`
      return rows === undefined ? where : `${counted(rows, 'row')} ${where}`
    } finally {
      await this.#file.cleanUp()
    }
  }
}
