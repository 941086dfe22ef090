import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { numberReader, ofCents, roundHalfUp, unitPrice } from '../../../src/shop/import/amounts.ts'

const comma = { decimalComma: true }
const sign = { currencySign: true }
const both = { ...comma, ...sign }

describe('a number as a file writes it', () => {
  it.each([
    [comma, '4,50', '4.50'],
    [comma, '1.004,50', '1004.50'],
    [comma, '1 004,50', '1004.50'],
    [comma, '1\u00a0004,50', '1004.50'],
    [comma, "1'004,50", '1004.50'],
    [comma, '1.004', '1004'],
    [comma, '1.004.000', '1004000'],
    [comma, '3.50', '3.50'],
    [comma, '1,004.50', '1004.50'],
    [comma, '-2,00', '-2.00'],
    [comma, '7', '7'],
    [sign, '$4.50', '4.50'],
    [sign, '-$4.50', '-4.50'],
    [sign, '$-4.50', '-4.50'],
    [sign, '($4.50)', '-4.50'],
    [sign, '4.50 EUR', '4.50'],
    [sign, '$1,004.50', '1004.50'],
    [sign, '1,004', '1004'],
    [both, '€ 1.004,50', '1004.50'],
    [both, '4,50 zł', '4.50'],
    [both, 'kr. 4,50', '4.50'],
    [sign, 'CHF 12.–', '12'],
    [sign, "CHF 2'500.-", '2500'],
    [sign, '12.-- CHF', '12'],
    [comma, '12,—', '12'],
  ])('%j reads %s', (style, text, number) => {
    expect(numberReader(style)?.(text)).toBe(number)
  })

  it.each([
    [comma, '1,2,3'],
    [comma, '1.04,50'],
    [comma, '4,5x'],
    [comma, '€4,50'],
    [comma, ',50'],
    [sign, '4,50'],
    [sign, '$4.5.0'],
    [sign, 'free'],
    [sign, '12.-5'],
    [sign, '12.---'],
    [sign, '$'],
    [both, '1 0045,00'],
  ])('%j leaves %s to the rule of its field', (style, text) => {
    expect(numberReader(style)?.(text)).toBe(text)
  })

  it('of cents is exact', () => {
    expect(['1999', '5', '-250', '1000.0'].map(ofCents)).toEqual(['19.99', '0.05', '-2.50', '10.00'])
    for (const text of ['19.99', '1e3', '', 'x']) expect(() => ofCents(text)).toThrow('must be whole cents')
  })

  it('needs no rewriting without these flags', () => {
    expect(numberReader({})).toBeUndefined()
  })
})

describe('rounding', () => {
  it.each([
    ['16.528926', '16.53'],
    ['16.524999', '16.52'],
    ['16.525', '16.53'],
    ['0.995', '1.00'],
    ['9.999', '10.00'],
    ['5', '5.00'],
  ])('%s is %s', (text, rounded) => {
    expect(roundHalfUp(text)).toBe(rounded)
  })

  it('a total divided by a quantity is exact, or refused, or rounded when asked', () => {
    expect(unitPrice('24.00', '2', false)).toBe('12.00')
    expect(unitPrice('24', '2.0', false)).toBe('12.00')
    expect(unitPrice('0.10', '10', false)).toBe('0.01')
    expect(unitPrice('10.00', '3', true)).toBe('3.33')
    expect(unitPrice('20.00', '3', true)).toBe('6.67')
    const onRounded = vi.fn<() => void>()
    expect(unitPrice('9.00', '3', true, onRounded)).toBe('3.00')
    expect(onRounded).not.toHaveBeenCalled()
    expect(unitPrice('3.50', '3', true, onRounded)).toBe('1.17')
    expect(onRounded).toHaveBeenCalledOnce()
    expect(() => unitPrice('10.00', '3', false)).toThrow('divided by 3 is no whole number of cents')
    for (const [total, quantity] of [
      ['x', '1'],
      ['1.00', '0'],
      ['1.00', '-1'],
      ['1.00', '1.5'],
    ] as const)
      expect(unitPrice(total, quantity, false)).toBeUndefined()
  })

  it('a unit price times its quantity is the total again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 1, max: 5_000 }), (cents, quantity) => {
        const total = cents * quantity
        expect(unitPrice((total / 100).toFixed(2), String(quantity), false)).toBe((cents / 100).toFixed(2))
      }),
    )
  })
})
