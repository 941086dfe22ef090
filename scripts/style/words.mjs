// The dialect that the texts left behind, with what to say instead. A row is read as a regular expression over the words
// of a sentence, in either case; code is not looked at.

/** @typedef {{ words: RegExp, instead: string }} Retired */

const word = (pattern, instead) => ({
  words: new RegExp(`(?<![\\p{L}\\d-])(?:${pattern})(?![\\p{L}\\d])`, 'iu'),
  instead,
})

/** Participles and adverbs after which `had` is an auxiliary. */
const auxiliary =
  '(?:not|never|already|just|ever|once|always|only|since|also|all|still|itself|themselves|already been) ?)*' +
  '(?:\\p{L}+ed|been|begun|become|come|gone|done|made|taken|given|seen|said|set|sent|read|run|written|left|lost|found|held|kept|got|put|known|shown|begun|grown|cut|met|meant|to)'

/** @type {readonly Retired[]} */
export const retiredWords = [
  // The names of what happens.
  word('anew', 'again; for the schema: drop and recreate'),
  word('(?:take|takes|took|taken|taking)(?: [\\p{L}¤]+){0,4}(?<! there and) back', 'roll back, undo, return'),
  word('(?:go|goes|went) on', 'continue, last, resume'),
  word('(?:come|comes|came|coming) back', 'return; in a file: duplicate'),
  word('told', 'reported, shown, sent, instructed; told apart: distinguished'),
  word('let in|lets? \\p{L}+ in', 'logged in, allowed'),
  word('kept', 'saved, stored, retained, open; of a threshold: met; of a rule: enforced'),
  word('mend|mends|mended|mending', 'fix, correct, repair'),
  word(`(?:is|are|was|were|be|been|not) had|had(?! (?:(?:${auxiliary})(?![\\p{L}]))`, 'was, existed, held, available'),
  word('ours(?!=)', "dbtool's"),
  word('tried again|tries again|trying again|try it again', 'retried, retries, retry'),
  word('wish|wishes|wished', 'change, update'),
  word('lend|lends|lent|on loan', 'hand out, available'),
  word('hears?(?: of)?|heard', 'is notified, receives'),
  word('good-bye|farewells?', 'close'),
  word('made[ -]up|(?:make|makes|making) (?:one|it|them|something) up', 'generated, generate'),
  word('puts? (?:the|a|its|their|so much|part of a|its part of a) load', 'generate load'),
  word('passed over|passes over|pass over', 'ignored, skipped'),
  word(
    '(?:be|been|is|are|was|were|not) left out|left out|leaves? (?:\\p{L}+ ){0,3}out|leaving out',
    'skipped, omitted, without',
  ),

  // What exists, and how much of it.
  word(
    '(?:is|are|was|were|be|been) (?:not |already |still |no longer )*there(?! (?:a|an|any|no|one|to|is|are|was|were|be|enough|more|nothing|anything|only)(?!\\p{L}))|(?:already there|there already|or not there)',
    'exists, already exists, does not exist',
  ),
  word('there (?:is|are|was|were) nobody|nobody who|nobody asked', 'no user, no one; say who: there are no users yet'),
  word('less than nothing', 'negative'),
  word(
    '(?<!^)so (?:many|much|few|long)(?!(?: \\p{L}+){0,2} (?:that|as)(?!\\p{L}))',
    'a number: up to n, at least n, this long',
  ),
  word(
    '(?:orders?|iterations?|quer(?:y|ies)|statements?|rows?|events?|transactions?|units?|many|lines?|frames?|times?|pings?|begin in|[\\d,.]+|¤) a second(?! (?:time|one|order|look|run|query|pass)(?!\\p{L}))',
    'per second',
  ),
  word('made of', 'consists of, built from'),
  word('becom(?:e|es|ing) whole', 'reaches the full load'),
  word('(?<!as a )whole(?= or(?!\\p{L})|[,.;:)]|$)', 'complete, atomic; all or nothing'),
  word('met for the first time|(?:has|have|been|all been) met', 'found for the first time, seen'),

  // Who.
  word('he|him|his|himself', 'they, their; the user'),
  word('people who buy|who buys?|who could buy|somebody who buys', 'customer'),
  word('somebody else has|somebody has this', 'is already in use; say by what: already belongs to user 5'),

  // Words of another century.
  word(
    'hence|thereby|thereof|therein|whereby|wherein|whence|thence|lest|whatsoever|nought|aught',
    'so, which, anything',
  ),
  word('stands? (?:before|below|beside|behind|under|in|there|first|at|where|on|once|further)', 'is, comes, appears'),
  word('asks? regardless', 'sends at a fixed rate'),
  word('contradicts? each other', 'are too noisy'),
  word('understates? stalls?', 'hides stalls'),
  word('everything is true', 'all invariants hold'),
  word('everything is in order', 'no problems found'),
  word('is it there', 'test the connection'),
]

/** Begins a sentence, or a part of one after a colon or a semicolon, as its subject. A question may begin so. */
export const subjects = [
  { words: /^what(?!\p{L}| (?:if|about)(?!\p{L}))/iu, instead: 'a noun: the values, the rows, the reason' },
  { words: /^(?:who|whoever|whom)(?!\p{L})/iu, instead: 'a noun: the user, the caller, the waiting task' },
  { words: /^(?:one|ones) (?:that|who|which|whose)(?!\p{L})/iu, instead: 'a noun: a file that …, a row that …' },
  {
    words:
      /^those (?:that|who|which|whose|of|in|with|without|are|were|from|for|to|not|on|at|beyond|before|after)(?!\p{L})/iu,
    instead: 'a noun: the rows that …, users who …',
  },
  { words: /^how (?:many|much)(?!\p{L})/iu, instead: 'the number of …, the amount of …' },
  { words: /^so (?:many|much)(?!\p{L})/iu, instead: 'a number: up to n …, at least n …' },
]
