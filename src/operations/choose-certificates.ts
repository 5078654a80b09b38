import { CertmanError } from '../base/errors.ts'
import { hexDigits } from '../domain/reference.ts'
import type { LeftItem } from '../formats/items.ts'
import type { FoundCertificate, FoundKey, Gathered } from './gather-items.ts'
import type { ImportCandidate, ImportDialog, ImportRequest } from './import-files.ts'

/**
 * Narrows what was found to what is wanted: `only` from the flag, else the checklist when there is one, else all.
 * A key whose certificates were all passed over is left too.
 *
 * @throws {CertmanError} `input.invalid` when `only` names nothing that is there
 */
export async function chooseCertificates(
  found: Gathered,
  request: Pick<ImportRequest, 'only' | 'keys'>,
  dialog: Pick<ImportDialog, 'choose'>,
): Promise<Gathered> {
  const wanted = await indicesOf(found, request, dialog)
  if (wanted.size === found.certificates.length && request.keys !== false) return found
  const chosen = found.certificates.filter((_, index) => wanted.has(index))
  const passed = found.certificates.filter((_, index) => !wanted.has(index))
  const left: LeftItem[] = passed.map(({ item, facts }) => ({
    what: `certificate ${facts.subject}`,
    place: item.place,
    why: 'not chosen',
  }))
  const chosenKeys = keyIdsOf(chosen)
  const passedKeys = keyIdsOf(passed)
  // a key stays when it is for a chosen certificate, or for none that was passed over
  const isWanted = ({ id }: FoundKey): boolean =>
    request.keys !== false && (chosenKeys.has(id) || !passedKeys.has(id))
  const why = request.keys === false ? 'keys are not wanted' : 'its certificate was not chosen'
  for (const key of found.keys)
    if (!isWanted(key)) left.push({ what: 'private key', place: key.item.place, why })
  return { ...found, certificates: chosen, keys: found.keys.filter(isWanted), left: [...found.left, ...left] }
}

const keyIdsOf = (certificates: readonly FoundCertificate[]): ReadonlySet<string> =>
  new Set(certificates.map(({ facts }) => facts.publicKey.spkiHash))

async function indicesOf(
  { certificates, keys }: Gathered,
  { only }: Pick<ImportRequest, 'only'>,
  { choose }: Pick<ImportDialog, 'choose'>,
): Promise<ReadonlySet<number>> {
  if (only) return new Set(only.flatMap((text) => named(text, certificates)))
  if (!choose || certificates.length < 2) return new Set(certificates.keys())
  const keyIds = new Set(keys.map(({ id }) => id))
  return new Set(await choose(certificates.map((certificate) => candidateOf(certificate, keyIds))))
}

function candidateOf({ item, facts }: FoundCertificate, keyIds: ReadonlySet<string>): ImportCandidate {
  const { subject, issuer, notAfter, fingerprint } = facts
  const { place, friendlyName } = item
  const ca = facts.basicConstraints?.ca === true
  const hasKey = keyIds.has(facts.publicKey.spkiHash)
  return {
    subject,
    issuer,
    notAfter,
    fingerprint,
    hasKey,
    ca,
    place,
    ...(friendlyName !== undefined && { friendlyName }),
  }
}

/** Indices of what one word of `only` names: a number from 1, or digits of a thumbprint or fingerprint. */
function named(text: string, certificates: readonly FoundCertificate[]): readonly number[] {
  if (/^\d{1,7}$/.test(text)) {
    const index = Number(text) - 1
    if (certificates[index]) return [index]
    throw new CertmanError(
      'input.invalid',
      `there is no certificate number ${text}: ${certificates.length} were found`,
      { field: 'only' },
    )
  }
  const hex = hexDigits(text)
  const indices = [...certificates.entries()]
    .filter(([, { facts }]) => hex !== undefined && fits(facts, hex))
    .map(([index]) => index)
  if (indices.length > 0) return indices
  throw new CertmanError(
    'input.invalid',
    `no certificate of the files has the fingerprint ${JSON.stringify(text)}`,
    { field: 'only' },
  )
}

const fits = (facts: FoundCertificate['facts'], hex: string): boolean =>
  facts.fingerprint.startsWith(hex) || facts.thumbprint.toLowerCase().startsWith(hex)
