import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { urlParts } from '../src/connection-url.ts'
import { InvalidValue } from '../src/errors.ts'

describe('the password in a URL', () => {
  it('is any text, if it is encoded', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (password) => {
        const url = `mariadb://ada:${encodeURIComponent(password)}@h:3307/d`
        expect(urlParts(url)).toEqual({
          DB_HOST: 'h',
          DB_PORT: '3307',
          DB_USER: 'ada',
          DB_PASSWORD: password,
          DB_NAME: 'd',
        })
      }),
    )
  })

  it('is used as it stands or refused, and never cut or sent elsewhere', () => {
    const piece = fc.constantFrom('a', '1', ':', '@', '#', '?', '/', '&', '=', '+', '[', ']', '?socket=', '!', '$', '~')
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        const password = pieces.join('')
        const parts = ((): object | undefined => {
          try {
            return urlParts(`mariadb://ada:${password}@h/d`)
          } catch (error) {
            if (error instanceof InvalidValue) return undefined
            throw error
          }
        })()
        if (parts === undefined) expect(password).toMatch(/[#?/]/)
        else expect(parts).toEqual({ DB_HOST: 'h', DB_USER: 'ada', DB_PASSWORD: password, DB_NAME: 'd' })
      }),
      { numRuns: 1_000 },
    )
  })
})
