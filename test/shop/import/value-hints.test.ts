import { describe, expect, it } from 'vitest'
import { parsePrice, parseQuantity } from '../../../src/shop/rules.ts'
import { numberReader, roundHalfUp } from '../../../src/shop/import/amounts.ts'
import { timeReader } from '../../../src/shop/import/times.ts'
import { flagFor, type GivenFlags } from '../../../src/shop/import/value-hints.ts'

describe('the flag that reads a value', () => {
  it.each<[field: string, text: string, given: GivenFlags, hint: string]>([
    ['price', '4,50', {}, '; --decimal-comma reads it as 4.50'],
    ['price', '1.004,50', {}, '; --decimal-comma reads it as 1004.50'],
    ['price', '$4.50', {}, '; --currency-sign reads it as 4.50'],
    ['price', '1,234.50', {}, '; --currency-sign reads it as 1234.50'],
    ['price', "1'234.50", {}, '; --currency-sign reads it as 1234.50'],
    ['price', 'CHF 2’500.–', {}, '; --currency-sign reads it as 2500.00'],
    ['price', '1\u202f234,50\u00a0€', {}, '; --currency-sign and --decimal-comma read it as 1234.50'],
    ['price', '1\u202f234,50\u00a0€', { currencySign: true }, '; --decimal-comma reads it as 1234.50'],
    ['price', '4,50', { currencySign: true }, '; --decimal-comma reads it as 4.50'],
    ['price', '16.528926', {}, '; --round half-up reads it as 16.53'],
    ['price', '1.234', {}, '; --decimal-comma reads it as 1234.00, --round half-up as 1.23'],
    ['price', '4,505', { decimalComma: true }, '; --round half-up reads it as 4.51'],
    ['price', '1.5.5', { currencySign: true }, ''],
    ['price', 'free', {}, ''],
    ['price', '1 999', { cents: true }, '; --currency-sign reads it as 19.99'],
    ['tax', '$1,999', { cents: true }, '; --currency-sign reads it as 19.99'],
    ['price', '4,50', { cents: true }, ''],
    ['quantity', '1,00', { cents: true }, '; --decimal-comma reads it as 1'],
    ['price', '-2.00', { discountLines: false }, '; --discount-lines makes it a discount of its order'],
    [
      ...(['price', '-2,00', { discountLines: false }] as const),
      '; --decimal-comma and --discount-lines make it a discount of its order',
    ],
    [
      ...(['price', '-2,00', { discountLines: false, decimalComma: true }] as const),
      '; --discount-lines makes it a discount of its order',
    ],
    ['price', '-250', { discountLines: false, cents: true }, '; --discount-lines makes it a discount of its order'],
    ['shipping', '4,90 €', { decimalComma: true }, '; --currency-sign reads it as 4.90'],
    ['quantity', '1,00', {}, '; --decimal-comma reads it as 1'],
    ['quantity', '1,5', {}, ''],
    ['quantity', '-2', {}, '; --skip quantity=- omits such lines'],
    ['stock', '1.200', {}, '; --decimal-comma reads it as 1200'],
    ['stock', "1'200", {}, '; --currency-sign reads it as 1200'],
    ['stock', '-2', {}, ''],
    ['ordered_at', '31.12.2025 14:05', {}, '; --date-format DD.MM.YYYY reads it'],
    ['ordered_at', '31/12/2025', {}, '; --date-format DD/MM/YYYY reads it'],
    ['ordered_at', '01/02/2025', {}, '; --date-format DD/MM/YYYY or MM/DD/YYYY reads it'],
    ['ordered_at', '01/02/2025', { dateFormat: 'DD.MM.YYYY' }, '; --date-format DD/MM/YYYY or MM/DD/YYYY reads it'],
    ['ordered_at', '12/31/25, 2:05 PM', {}, '; --date-format MM/DD/YY reads it'],
    ['ordered_at', '01 déc. 2025 à 10:05', {}, "; --date-format 'D MMM YYYY [à] HH:mm' reads it"],
    ['ordered_at', 'Mon, 23 Sep 2024 14:21:24 +0000', {}, "; --date-format 'ddd, D MMM YYYY HH:mm:ss Z' reads it"],
    ['created_at', '1764583200', {}, '; --date-format X reads it as 2025-12-01T10:00:00Z'],
    ['created_at', '1764583200000', {}, '; --date-format x reads it as 2025-12-01T10:00:00Z'],
    ['created_at', '45992.4375', {}, ': if it is a day of a spreadsheet, format its column as a date'],
    ['created_at', '31.02.2025', { dateFormat: 'DD.MM.YYYY' }, ''],
    ['created_at', 'yesterday', {}, ''],
    ['status', 'Paid', {}, '; --map status=status, with the words of other systems, reads it'],
    ['status', 'Closed', {}, '; --status-words STATUS=Closed gives it a meaning'],
    ['name', '4,50', {}, ''],
    ['user', '[NULL]', {}, "; --null '[NULL]' reads it as empty"],
    ['price', '#REF!', {}, "; --null '#REF!' reads it as empty"],
    ['stock', 'InStock', {}, '; --null InStock reads it as empty'],
  ])('%s %s with %j', (field, text, given, hint) => {
    expect(flagFor(field, text, given)).toBe(hint)
  })

  it.each([
    ['price', '1.004,50 zł'],
    ['price', '$5.505'],
    ['quantity', '2,0'],
    ['ordered_at', '3-Sep-26 10:00'],
    ['ordered_at', 'Sep 3, 2026 10:00 PM'],
  ])('%s: each flag of the hint for %s does read it', (field, text) => {
    const hint = flagFor(field, text)
    for (const clause of hint.split(', --').flatMap((part) => part.split(' as ')[0] ?? [])) {
      const style = { decimalComma: clause.includes('decimal-comma'), currencySign: clause.includes('currency-sign') }
      const [, format] = /date-format '?([^']*?)'? reads/.exec(clause) ?? []
      const number = (): string => numberReader(style)?.(text) ?? text
      const read = {
        price: () => parsePrice(clause.includes('half-up') ? (roundHalfUp(number()) ?? '') : number()),
        quantity: () => parseQuantity(number()),
        ordered_at: () => timeReader(format, undefined)(text),
      }[field as 'price' | 'quantity' | 'ordered_at']
      expect(read).not.toThrow()
    }
  })
})
