// Words and phrases that the texts no longer use, with the term to use instead. A row is a list of regular expressions
// over the words of a sentence, in either case. Code is not looked at.

/** @typedef {{ words: RegExp, instead: string }} Retired */

/** Whole words only. */
const not = (phrases, instead) => ({
  words: new RegExp(`(?<![\\p{L}\\d-])(?:${[phrases].flat().join('|')})(?![\\p{L}\\d])`, 'iu'),
  instead,
})
const anyOf = (list) => `(?:${list.replaceAll(' ', '|')})`

const adverbs = anyOf('not never already just ever once always only since also all still itself themselves')
/** After `had`, these make a past perfect. */
const participles = anyOf(
  '\\p{L}+ed been begun become come gone done made taken given seen said set sent read run written left lost found ' +
    'held kept got put known shown grown cut met meant to',
)
const being = anyOf('is are was were be been')
const counted = anyOf(
  'orders? iterations? query queries statements? rows? events? transactions? units? many lines? frames? times? ' +
    'pings? begin¬in [\\d,.]+ ¤',
).replace('¬', ' ')
/** `is there a lock`, `is there no user`: a question or `there is`. */
const asked = anyOf('a an any no one to is are was were be enough more nothing anything only')

/** @type {readonly Retired[]} */
export const retiredWords = [
  // What is done.
  not('anew', 'again; of the schema: drop and recreate'),
  not('(?:take|takes|took|taken|taking)(?: [\\p{L}¤]+){0,4}(?<! there and) back', 'roll back, undo, return'),
  not('(?:go|goes|went) on', 'continue, last, resume'),
  not('(?:come|comes|came|coming) back', 'return; in a file: duplicate'),
  not('told', 'reported, shown, sent, instructed; told apart: distinguished'),
  not(['let in', 'lets? \\p{L}+ in'], 'logged in, allowed'),
  not('kept', 'saved, stored, retained, open; of a threshold: met; of a rule: enforced'),
  not('mend|mends|mended|mending', 'fix, correct, repair'),
  not([`(?:${being}|not) had`, `had(?! (?:${adverbs} )*${participles}(?!\\p{L}))`], 'was, existed, held, available'),
  not('ours(?!=)', "dbtool's"),
  not(['tried again', 'tries again', 'trying again', 'try it again'], 'retried, retries, retry'),
  not('wish|wishes|wished', 'change, update'),
  not(['lend|lends|lent', 'on loan'], 'hand out, available'),
  not(['hears?(?: of)?', 'heard'], 'is notified, receives'),
  not('good-bye|farewells?', 'close'),
  not(['made[ -]up', '(?:make|makes|making) (?:one|it|them|something) up'], 'generated, generate'),
  not('puts? (?:the|a|its|their|so much|part of a|its part of a) load', 'generate load'),
  not('pass(?:es|ed)? over', 'ignore, skip'),
  not([`(?:${being}|not) left out`, 'left out', 'leaves? (?:\\p{L}+ ){0,3}out', 'leaving out'], 'skip, omit, without'),

  // What exists, and how much of it.
  not(
    [
      `${being} (?:not |already |still |no longer )*there(?! ${asked}(?!\\p{L}))`,
      'already there',
      'there already',
      'or not there',
    ],
    'exists, already exists, does not exist',
  ),
  not(['there (?:is|are|was|were) nobody', 'nobody who', 'nobody asked'], 'no user: there are no users yet'),
  not('less than nothing', 'negative'),
  not(
    '(?<!^)so (?:many|much|few|long)(?!(?: \\p{L}+){0,2} (?:that|as)(?!\\p{L}))',
    'a number: up to n, at least n, this long',
  ),
  not(`${counted} a second(?! (?:time|one|order|look|run|query|pass)(?!\\p{L}))`, 'per second'),
  not('made of', 'consists of, built from'),
  not('becom(?:e|es|ing) whole', 'reaches the full load'),
  not('(?<!as a )whole(?= or(?!\\p{L})|[,.;:)]|$)', 'complete, atomic; all or nothing'),
  not(['met for the first time', '(?:has|have|been|all been) met'], 'found for the first time, seen'),

  // Who does it.
  not('he|him|his|himself', 'they, their; the user'),
  not(['people who buy', 'who buys?', 'who could buy', 'somebody who buys'], 'customer'),
  not(
    ['somebody has this', `somebody else has(?! ${participles})`],
    'is already in use; by which: already belongs to user 5',
  ),

  // What the field calls by other names.
  not(
    'hence|thereby|thereof|therein|whereby|wherein|whence|thence|lest|whatsoever|nought|aught',
    'so, which, anything',
  ),
  not('stands? (?:before|below|beside|behind|under|in|there|first|at|where|on|once|further)', 'is, comes, appears'),
  not('asks? regardless', 'sends at a fixed rate'),
  not('contradicts? each other', 'are too noisy'),
  not('understates? stalls?', 'hides stalls'),
  not('everything is true', 'all invariants hold'),
  not('everything is in order', 'no problems found'),
  not('is it there', 'test the connection'),
]

const subject = (pattern, instead) => ({ words: new RegExp(`^(?:${pattern})(?!\\p{L})`, 'iu'), instead })

/** Begins a sentence, or a part of one after a colon or a semicolon, as its subject. A question may begin so. */
export const subjects = [
  subject('what(?! (?:if|about)(?!\\p{L}))', 'a noun: the values, the rows, the reason'),
  subject('who|whoever|whom', 'a noun: the user, the caller, the waiting task'),
  subject('ones? (?:that|who|which|whose)', 'a noun: a file that …, a row that …'),
  subject(
    `those ${anyOf('that who which whose of in with without are were from for to not on at beyond before after')}`,
    'a noun: the rows that …, users who …',
  ),
  subject('how (?:many|much)', 'the number of …, the amount of …'),
  subject('so (?:many|much)', 'a number: up to n …, at least n …'),
]
