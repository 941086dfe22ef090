import fc from 'fast-check'

/** Texts that something on the way to a screen, a spreadsheet, a file or a database takes for more than text. */
export const nasty: readonly string[] = [
  '\u001b]52;c;aGFja2Vk\u0007', '\u001b[2J\u001b[31mred', '\u009b31m', '\u001b]0;title\u001b\\', 'over\rwritten', 'bell\u0007', 'back\b\b\bspace', 'del\u007f',
  'right\u202eto left', '\u2066isolated\u2069', '\u200ezero\u200bwidth\u200d\u2060\ufeffjoined', '\u2028line\u2029separators', 'two\nlines', 'two\r\nlines', '\u0085next line',
  '👩‍👩‍👧 family 🇪🇺 ❤️', '緑茶 한국어', 'e\u0301te\u0301', 'ﬁ Ω Å', '𝕋𝕖𝕒', '\u{10ffff}\u{e0001}',
  '"', '""', '"quoted"', "'", "''", 'a,b', 'a;b', 'a\tb', 'a|b', '\\', '\\n', '\\"', '%s', '%_!', '`', '${x}', '{{x}}', '?', ':name', "'; DROP TABLE users; --", '\\\'', '\u0000',
  '=1+1', '+1', '-1', '@SUM(A1)', "'=1+1", "''=1+1", "'''+1", '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠1', '=cmd|"/C calc"!A0', "'quoted'", "'-", '=', '-', '--', '-x,"y"',
  'NULL', 'null', 'true', '0', '1e3', '-0', '007', '1.0', '2026-01-02', '{"a":1}', '[1]', '#', '\t', '\r', '\n', ' leading', 'trailing ', '\u00a0both\u00a0', '', ' ', 'x'.repeat(5_000), '緑'.repeat(3_000),
]

/** Any text that UTF-8 can carry, and often one of the nasty ones, alone or in company. */
export const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...nasty) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...nasty), fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom(...nasty)).map((parts) => parts.join('')) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
)

/** What a terminal obeys, and what nobody sees. */
export const treacherous = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/
