#!/bin/bash
# Intl.NumberFormat of Node writes the minus of Swedish, Norwegian, Finnish and other amounts so that currency.js,
# accounting.js and numeral read a refund as a sale.
#
# Expected: an amount that Intl.NumberFormat has written for a locale is read back with its sign, or not at all; all
# three libraries document that they parse formatted amounts, and read the German and the American one.
# What happens: these locales have the minus sign of Unicode, U+2212. The libraries drop every character that is
# neither a digit nor an ASCII minus nor the decimal sign, so that −4,50 € is 4.5, without an error.
# Versions: currency.js 2.0.4, accounting 0.4.1, numeral 2.0.6, Node 20.20.2; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

node_packages currency.js@2.0.4 accounting@0.4.1 numeral@2.0.6

js >"$work/seen" <<'JS'
import currency from 'currency.js'
import accounting from 'accounting'
import numeral from 'numeral'
for (const locale of ['en-US', 'de-DE', 'sv-SE', 'nb-NO', 'fi-FI', 'hr-HR', 'et-EE']) {
  const text = new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' }).format(-4.5)
  const decimal = text.includes(',') ? ',' : '.'
  const minus = text.match(/[-\u2212]/)[0].codePointAt(0).toString(16)
  const read = [currency(text, { decimal }).value, accounting.unformat(text, decimal), numeral(text.replace(',', '.')).value()]
  console.log(locale, `minus U+${minus.padStart(4, '0')}`, 'read as', ...read)
}
JS

unchanged <<'END'
en-US minus U+002d read as -4.5 -4.5 -4.5
de-DE minus U+002d read as -4.5 -4.5 -4.5
sv-SE minus U+2212 read as 4.5 4.5 4.5
nb-NO minus U+2212 read as 4.5 4.5 4.5
fi-FI minus U+2212 read as 4.5 4.5 4.5
hr-HR minus U+2212 read as 4.5 4.5 4.5
et-EE minus U+2212 read as 4.5 4.5 4.5
END
