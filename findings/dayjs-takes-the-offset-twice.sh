#!/bin/bash
# dayjs.tz() reads a time with an offset, as Shopify exports it, an hour too early; in strict mode, whether the time is
# valid depends on the time zone of the process.
#
# Expected: 2026-03-01 09:59:58 +0100 is one instant, 08:59:58 UTC, whatever the zone in which it is to be shown; so it
# is for moment-timezone, whose interface Day.js has. A format with ZZ that fits the text is valid in strict mode.
# What happens: the text is parsed with its offset, and the offset of the zone is taken off once more: 07:59:58. Even a
# time in UTC, with Z at its end, moves. Strict mode formats the parsed time again and compares the texts; the format
# writes the offset of the process, so that only times with this very offset are valid.
# Versions: dayjs 1.11.23, moment-timezone 0.6.6; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

node_packages dayjs@1.11.23 moment-timezone@0.6.6

js >"$work/seen" <<'JS'
import dayjs from 'dayjs'
import customParseFormat from 'dayjs/plugin/customParseFormat.js'
import timezone from 'dayjs/plugin/timezone.js'
import utc from 'dayjs/plugin/utc.js'
import moment from 'moment-timezone'
for (const plugin of [customParseFormat, utc, timezone]) dayjs.extend(plugin)
const format = 'YYYY-MM-DD HH:mm:ss ZZ'
for (const text of ['2026-03-01 09:59:58 +0100', '2026-03-01 03:59:58 -0500'])
  console.log(text, 'dayjs.tz', dayjs.tz(text, format, 'Europe/Berlin').toISOString(), 'moment.tz', moment.tz(text, format, 'Europe/Berlin').toISOString())
console.log('2026-03-01T08:59:58Z', 'dayjs.tz', dayjs.tz('2026-03-01T08:59:58Z', 'Europe/Berlin').toISOString())
for (const zone of ['UTC', 'Europe/Berlin', 'America/New_York']) {
  process.env.TZ = zone
  const valid = (read) => ['+0100', '-0500'].map((offset) => read(`2026-03-01 09:59:58 ${offset}`, format, true).isValid())
  console.log('strict in', zone, 'dayjs', ...valid(dayjs), 'moment', ...valid(moment))
}
JS

unchanged <<'END'
2026-03-01 09:59:58 +0100 dayjs.tz 2026-03-01T07:59:58.000Z moment.tz 2026-03-01T08:59:58.000Z
2026-03-01 03:59:58 -0500 dayjs.tz 2026-03-01T07:59:58.000Z moment.tz 2026-03-01T08:59:58.000Z
2026-03-01T08:59:58Z dayjs.tz 2026-03-01T07:59:58.000Z
strict in UTC dayjs false false moment true true
strict in Europe/Berlin dayjs true false moment true true
strict in America/New_York dayjs false true moment true true
END
