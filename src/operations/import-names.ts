import { CertmanError } from '../base/errors.ts'
import { checkName } from '../domain/name.ts'
import type { FoundCertificate, FoundRequest, Gathered } from './gather-items.ts'
import type { ImportRequest } from './import-files.ts'

/**
 * The record that `--name` and `--friendly-name` are for: the certificate that has its private key in the files,
 * else the only end entity, else the only certificate, else the only request. Names are never made up: a
 * friendly name of a PKCS#12 file stays a friendly name, so that no two imports can clash over it.
 *
 * @returns undefined when neither name was asked for
 * @throws {CertmanError} `input.invalid` when several certificates fit (the message lists them) or none; `name.invalid`
 */
export function bearerOf(
  found: Gathered,
  request: Pick<ImportRequest, 'name' | 'friendlyName'>,
): FoundCertificate | FoundRequest | undefined {
  if (request.name === undefined && request.friendlyName === undefined) return undefined
  if (request.name !== undefined) checkName(request.name)
  const keyIds = new Set(found.keys.map(({ id }) => id))
  const { certificates } = found
  const ladder = [
    certificates.filter(({ facts }) => keyIds.has(facts.publicKey.spkiHash)),
    certificates.filter(({ facts }) => facts.basicConstraints?.ca !== true),
    certificates,
    found.requests,
  ]
  const rung = ladder.find((candidates) => candidates.length > 0) ?? []
  if (rung.length === 1) return rung[0]
  const flag = request.name === undefined ? 'friendlyName' : 'name'
  if (rung.length === 0)
    throw new CertmanError(
      'input.invalid',
      'a name is for a certificate or a request, and the files hold none',
      { field: flag },
    )
  throw new CertmanError('input.invalid', `one name, but ${rung.length} could bear it: ${listed(rung)}`, {
    field: flag,
    hint: 'choose one with --only, or import first and name it afterwards: certman edit REF --name NAME',
  })
}

function listed(candidates: readonly (FoundCertificate | FoundRequest)[]): string {
  const shown = candidates
    .slice(0, 5)
    .map((candidate) =>
      'facts' in candidate
        ? `${JSON.stringify(candidate.facts.subject)} (${candidate.facts.fingerprint.slice(0, 16)})`
        : `the request in ${JSON.stringify(candidate.item.place.file)}`,
    )
  return shown.join(', ') + (candidates.length > shown.length ? ', …' : '')
}
