/** The months in the languages of Western Europe, without accents; a file may shorten each to three letters or more. */
const names: readonly string[] = [
  'january januar janner janvier enero gennaio januari janeiro',
  'february februar fevrier febrero febbraio februari fevereiro',
  'march marz mars marzo maart marco mrt',
  'april avril abril aprile',
  'may mai mayo maggio mei maio maj',
  'june juni juin junio giugno junho',
  'july juli juillet julio luglio julho',
  'august aout agosto augustus augusti',
  'september septembre septiembre settembre setembro',
  'october oktober octobre octubre ottobre outubro',
  'november novembre noviembre novembro',
  'december dezember decembre diciembre dicembre dezembro desember',
]

const byName: readonly (readonly string[])[] = names.map((text) => text.split(' '))

const shortest = 3

/** The month from 0 that a name means, in full or shortened; undefined for none, or for one of several. */
export function monthNamed(text: string): number | undefined {
  const name = text
    .normalize('NFD')
    .replace(/\p{M}|\.$/gu, '')
    .toLowerCase()
  if (name.length < shortest) return undefined
  const found = byName.flatMap((all, month) => (all.some((full) => full.startsWith(name)) ? [month] : []))
  return found.length === 1 ? found[0] : undefined
}
