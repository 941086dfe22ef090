import type { Verbs } from '../kit/command.ts'
import { reports } from '../../src/reports/catalog.ts'
import { reportVerbs } from './report.ts'

export const verbs: Verbs = { [reports.map(({ name }) => name).join(' ')]: reportVerbs }
