import { join } from 'node:path'
import { isCertmanError } from '../base/errors.ts'
import { append } from '../base/lists.ts'
import { EVERYTHING } from '../domain/filter.ts'
import type { Finding, Repository } from '../repository/repository.ts'
import { locateStore, openRepository, type OpenRequest } from './open-store.ts'

/** The verdict on a store; any finding is a doubt (exit status 1). */
export interface CheckReport {
  readonly store: string
  readonly location: string
  readonly ok: boolean
  readonly findings: readonly Finding[]
}

/** What to check. */
export interface CheckRequest extends OpenRequest {
  /** Let another library read every certificate too, and compare (about 1 ms each). */
  readonly secondOpinion?: boolean
}

/**
 * Verifies every file of a directory store against itself and the index.
 *
 * @throws {CertmanError} `store.not-found`, `store.invalid`, `store.newer-format`
 */
export async function checkStore(request: CheckRequest): Promise<CheckReport> {
  const location = locateStore(request)
  const repository = await openRepository(request, location)
  try {
    const findings = [...(await repository.check())]
    append(findings, await linkFindings(repository, location.path, request.ambient.now()))
    if (request.secondOpinion) append(findings, await differingReadings(repository))
    const { name } = await repository.head()
    return { store: name, location: location.path, ok: findings.length === 0, findings }
  } finally {
    await repository.close()
  }
}

/** Certificates that another reader reads otherwise; those that it cannot read at all are no doubt about ours. */
async function differingReadings(repository: Repository): Promise<Finding[]> {
  const { secondOpinion } = await import('../x509/second-opinion.ts')
  const findings: Finding[] = []
  for await (const { id } of repository.list('certificate', EVERYTHING)) {
    const stored = await repository.read('certificate', id).catch(() => undefined)
    const opinion = stored?.pem && (await secondOpinion(stored.pem.der))
    if (opinion?.says !== 'something else') continue
    const { field, ours, theirs } = opinion
    findings.push({
      code: 'second-opinion',
      path: `certificates/${id}`,
      message: `certificate ${id}: another reader takes ${field} for ${theirs}, certman for ${ours}`,
      hint: `look at it with other tools too: certman show ${id} --pem`,
    })
  }
  return findings
}

/** What records say of each other, in one state of the store: as its only writer, where writing is allowed. */
async function linkFindings(
  repository: Repository,
  location: string,
  now: Date,
): Promise<readonly Finding[]> {
  const { checkAuthorities } = await import('../store/check-authorities.ts')
  try {
    const doubts = await repository
      .write((tx) => checkAuthorities(tx, now))
      .catch((error: unknown) => {
        if (!isCertmanError(error, 'store.not-writable') && !isCertmanError(error, 'store.full')) throw error
        return checkAuthorities(repository, now)
      })
    return doubts.map((doubt) => ({ ...doubt, path: join(location, doubt.path) }))
  } catch (error) {
    // a file that cannot be read was found already
    if (isCertmanError(error, 'store.damaged')) return []
    throw error
  }
}
