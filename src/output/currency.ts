/** A currency by its code in ISO 4217. */
export interface Currency {
  readonly code: string
  /** An amount as it is stored, without zeros beyond the minor unit: `1200` yen, but `1200.50` if that is stored. */
  readonly amount: (text: string) => string
}

export function currencyOf(code: string): Currency {
  let digits: number | undefined
  return {
    code,
    amount(text) {
      digits ??= minorDigits(code)
      return digits === 0 ? text.replace(/^(-?\d+)\.0+$/, '$1') : text
    },
  }
}

function minorDigits(currency: string): number | undefined {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits
}
