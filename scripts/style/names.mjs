// Names that the code left behind, with what each is called now. In code an identifier is compared, so that a plain
// English word in a comment is no hit; in the docs, what is set as code.

/** @typedef {{ name: RegExp, instead: string, within?: RegExp, except?: RegExp }} RetiredName */

const stress = /^(?:src\/stress|commands\/pool|test\/stress)\//

/** @type {readonly RetiredName[]} */
export const retiredNames = [
  { name: /^(?:certain|certainly|Certain)$/, instead: 'resolveOutcome, exactly-once.ts' },
  { name: /^doubt$/, within: /^(?:src|test)\/(?:shop|db|faults)\//, instead: 'maybeApplied' },
  { name: /^deed$/i, instead: 'RecoverableOperation {execute, lookup, unknown}' },
  { name: /^riddle$|Riddle/, instead: 'UnknownOutcomeInfo, unknown' },
  { name: /^settle$/, instead: 'resolveLazyFlags, resolveInterrupted, diffRow, complete, commitFile' },
  {
    name: /^(?:ReferencesMet|referencesMet|meet|comingBack|suspects)$/,
    instead: 'DuplicateDetector.add / secondPass / candidates',
  },
  { name: /^(?:wish|wishes|unmet)$|Wish|^wishes[A-Z]/, instead: 'changes, Patch, diff' },
  { name: /^(?:told|tell|Telling|telling)$|Told/, instead: 'CommandDocs, message' },
  { name: /^Talk/, instead: 'Reporter' },
  { name: /^(?:whereabouts|Whereabouts|askAbout)$/, instead: 'target-confirmation, confirmWithTarget' },
  { name: /^(?:keep|keeps|keeping|Keep|keepFlag|parseKeep)$/, within: stress, instead: 'withReportFiles, ReportFile' },
  { name: /^(?:Room|room|assertRoom)$|^room[A-Z]/, instead: 'ConnectionHeadroom, CellLayout, profileModule' },
  { name: /^(?:loss|losses|Loss|isLoss)$/, instead: 'DroppedTable, droppedTables; isConnectionLoss' },
  { name: /^meanings$/, instead: 'reference-texts' },
  {
    name: /^(?:said|unsaid)$|^said[A-Z]|Said/,
    instead: 'keyValue, connectionOverrides, recordAnswer, definedOnly, …',
  },
  { name: /^(?:shown|shows|Shown|shownBy)$/, instead: 'quoteValue, withView, ViewDocs' },
  { name: /^there$|There$/, instead: 'exists, ExistingRow, …' },
  { name: /^(?:take|takes|took|taken|Taken|taker|RowTaker|takeRows)$/, instead: 'apply, onApplied, RowCounts' },
  {
    name: /^(?:growingCatalog|knownCatalog|Remembered|mostRemembered)$/,
    instead: 'creatingResolver, lookupResolver, IdCache',
  },
  { name: /^rehears|Rehears|^(?:realPlacer|Placers|placersFor)$/, instead: 'dryRun, RollbackDatabase, applyOrders' },
  { name: /^Kind$/, within: /^(?:src\/shop|commands\/import|commands\/kit|test\/shop)/, instead: 'ImportTable' },
  { name: /^(?:Holders|holders|InUnit|inUnit)$/, instead: 'UniqueIndex, RunInTransaction' },
  { name: /^(?:Members?|MemberParts|farewells?|retire)$/, instead: 'PoolEntries, PoolEntry, closing, evict' },
  { name: /^(?:members?)$/, within: /^src\/db\//, instead: 'entries, entry' },
  { name: /^(?:WaitingLine|waitingLine)$/, instead: 'WaitQueue.enqueue / remove' },
  {
    name: /^figures$/,
    within: /^(?:src|commands\/pool|test\/db|test\/stress\/(?!drivers)|docs\/library)/,
    instead: 'stats',
  },
  { name: /^restartPeaks$/, instead: 'resetPeaks' },
  { name: /^(?:Part|whole|shareOf)$/, within: stress, instead: 'Shard, singleShard, shardSize' },
  { name: /^(?:Order|Word)$/, within: stress, instead: 'ThreadCommand, ThreadMessage' },
  { name: /^(?:Blank|Blanks|blanks?|blankFor)$/, instead: 'PromptField' },
  {
    name: /^fill$/,
    within: /^(?:commands|src\/(?:prompts|context)|test\/commands|CONTRIBUTING|docs)/,
    instead: 'resolve',
  },
  { name: /^unless$/, instead: 'defaultAnswer' },
  { name: /^person$/, except: /seed/, instead: 'interactive' },
  {
    name: /^(?:knock|visit|visitServer|visited|Surroundings|surroundings|shutOut)$/,
    instead: 'probeTcp, inspectServer, DoctorInput, loginFailed',
    except: /^bench\//,
  },
  { name: /^(?:harmless|harmlessLines|guarded|unguarded)$/, instead: 'escapeControls, escapeFormula' },
  { name: /^plainRows$/, instead: 'rawRows' },
]

/** Where a name is not enough: over the code of a line. */
export const retiredCode = [
  { code: /\.change[(<]/, instead: 'execute' },
  { code: /\bend: '(?:COMMIT|ROLLBACK)'/, instead: 'dryRun' },
]

const files = [
  'certain told talk whereabouts keep room losses meanings wishes settle rehearsal remembered members waiting-line',
  'references-met take-rows placer formula declare shown updated wants-menu',
]

/** Over the name of a file, without its folder. */
export const retiredFiles = {
  file: new RegExp(`^(?:${files.join(' ').replaceAll(' ', '|')})\\.(?:test\\.)?ts$`),
  instead: 'the name of the subject, as in docs/house.md',
}
