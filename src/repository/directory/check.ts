import { relative } from 'node:path'
import { isCertmanError } from '../../base/errors.ts'
import type { Describe, Finding } from '../repository.ts'
import { checkFiles } from './check-files.ts'
import { checkHead } from './check-head.ts'
import { checkLog, type LogCheck } from './check-log.ts'
import { RecordChecker } from './check-records.ts'
import { codeOf, type Files } from './files.ts'
import type { IndexHost } from './index-host.ts'
import { scanStore, type ScanProblem } from './scan.ts'
import type { Segment } from './segments.ts'
import { INDEX, segmentPath, type StorePath } from './paths.ts'
import type { RecordKind } from '../../domain/records.ts'

/** What a check looks at. */
export interface CheckPlace {
  readonly files: Files
  readonly host: IndexHost
  readonly describe: Describe
  /** Whether left-overs may be swept: the caller holds the lock. */
  readonly maySweep: boolean
}

/**
 * Verifies every file against itself, the others and the index. Left-overs of killed writers are swept, not reported:
 * with the lock held nobody can be using them.
 */
export function checkStore(place: CheckPlace): readonly Finding[] {
  const { files, host, maySweep } = place
  const findings: Finding[] = []
  const add = (finding: Finding): void =>
    void findings.push({ ...finding, path: files.absolute(finding.path) })
  const damage = host.damage()
  if (damage !== undefined) {
    const message = `the index is damaged: ${damage}`
    add({ code: 'index-damaged', path: INDEX, message, hint: 'build it anew with: certman store reindex' })
    return findings
  }
  host.read((index) => {
    const checker = new RecordChecker({ ...place, index, add })
    const watcher = {
      problem: (problem: ScanProblem) => {
        if (problem.what === 'prepared' && maySweep) files.remove(problem.path)
        else add(problemFinding(problem))
      },
      // the walk over all files tells of the folder itself
      closed: (_: StorePath, kind: RecordKind) => checker.closed(kind),
      segment: (kind: RecordKind, n: number, segment: Segment) => checkSegment({ kind, n, segment }, add),
    }
    for (const found of scanStore(files, watcher)) checker.found(found)
    checker.finish()
    checkHistory({ files, index, add })
  })
  checkFiles({ files, maySweep, add })
  return findings.toSorted((a, b) => (a.path === b.path ? 0 : a.path < b.path ? -1 : 1))
}

/** The log, and the ids that it says were given; the walk over all files tells of a closed folder. */
function checkHistory({ files, index, add }: LogCheck): void {
  try {
    checkHead({ files, index, logged: checkLog({ files, index, add }), add })
  } catch (error) {
    if (codeOf(error) === undefined || isCertmanError(error)) throw error
    const { path = '', syscall, code = '' } = error as NodeJS.ErrnoException
    const what = { what: 'unreadable', path: relative(files.absolute(''), path), why: code } as const
    if (syscall !== 'scandir') add(problemFinding(what))
  }
}

const PROBLEMS: Readonly<Record<ScanProblem['what'], Pick<Finding, 'code' | 'hint'>>> = {
  stray: { code: 'stray-file', hint: 'take it in with: certman store reindex; or move it away' },
  unreadable: {
    code: 'file-unreadable',
    hint: 'give back the right to read it: chmod 600, or chown where it is not yours',
  },
  prepared: { code: 'left-over', hint: 'it may be deleted: a command that was killed left it' },
}

const problemFinding = ({ what, path, why }: Omit<ScanProblem, 'kind'>): Finding => ({
  ...PROBLEMS[what],
  path,
  message: what === 'unreadable' ? `cannot be read: ${why}` : why,
})

interface CheckedSegment {
  readonly kind: RecordKind
  readonly n: number
  readonly segment: Segment
}

function checkSegment({ kind, n, segment }: CheckedSegment, add: (finding: Finding) => void): void {
  const path = segmentPath(kind, n)
  const hint = 'bring the file back from a backup; what is still whole is in use'
  for (const at of segment.broken)
    add({
      code: 'segment-damaged',
      path,
      message: `the commit line at byte ${at} does not fit the records before it`,
      hint,
    })
  if (segment.end < segment.size)
    add({
      code: 'segment-torn',
      path,
      message: `what lies behind byte ${segment.end} was never completed`,
      hint,
    })
}
