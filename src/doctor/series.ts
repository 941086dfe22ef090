/** The date of the table below. A series that is not in the table is assumed to be a later one. */
export const supportTableOf = '2026-11-24'

/**
 * The end of maintenance of each series by the MariaDB Foundation (https://mariadb.org/about/#maintenance-policy; for
 * the rolling releases https://endoflife.date/mariadb).
 */
export const supportEnds: Readonly<Partial<Record<string, string>>> = {
  '10.6': '2026-07-06',
  '10.7': '2023-02-09',
  '10.8': '2023-05-20',
  '10.9': '2023-08-22',
  '10.10': '2023-11-17',
  '10.11': '2028-02-16',
  '11.0': '2024-06-06',
  '11.1': '2024-08-21',
  '11.2': '2024-11-21',
  '11.3': '2024-05-29',
  '11.4': '2029-05-29',
  '11.5': '2024-11-21',
  '11.6': '2025-02-13',
  '11.7': '2025-05-12',
  '11.8': '2028-06-04',
  '12.0': '2025-11-18',
  '12.1': '2026-02-13',
  '12.2': '2026-05-13',
  '12.3': '2029-06-30',
}

/** The series of a version: `10.11` for `10.11.19-MariaDB-0+deb12u1`. */
export function seriesOf(version: string): string {
  return /^\d+\.\d+/.exec(version)?.[0] ?? version
}

/** Whether a version belongs to this series or a later one; false for a text without numbers. */
export function isFrom(series: string, version: string): boolean {
  const [major = NaN, minor = NaN] = seriesOf(version).split('.').map(Number)
  const [leastMajor = NaN, leastMinor = NaN] = series.split('.').map(Number)
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}
