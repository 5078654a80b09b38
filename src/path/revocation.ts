import type { RevocationReason } from '../domain/revocation-reason.ts'
import { nameKey } from './compare-names.ts'
import { ALL_REASONS, maySpeakOf, type Reasons, reasonsFor } from './crl-scope.ts'
import { HeldCrl, type Listing } from './held-crl.ts'
import { maySignCrls } from './judge-certificate.ts'
import type { PathMember } from './path-member.ts'

/** Whether a certificate is revoked, as far as that is known. */
export type RevocationStatus =
  | { readonly status: 'good'; readonly why: string }
  | {
      readonly status: 'revoked'
      readonly why: string
      readonly date: string
      readonly reason: RevocationReason
    }
  | { readonly status: 'unknown'; readonly why: string }

/** A certificate of a path, and who may have signed CRLs for it. */
export interface AskedCertificate {
  readonly member: PathMember
  /** The one above it in its path. */
  readonly issuer: PathMember
  readonly at: Date
  /** Whoever else is to be trusted as the path is, and has signed this CRL. */
  readonly otherSigner?: (crl: HeldCrl) => PathMember | undefined
}

/** A CRL that counts, and what it says. */
interface Answer {
  readonly crl: HeldCrl
  readonly listing: Listing
  /** SHA-256 of the key that signed it. */
  readonly key: string
}

/** An entry that revokes, and the CRL that has it. */
interface Revocation {
  readonly crl: HeldCrl
  readonly entry: NonNullable<Listing['entry']>
}

/** CRLs that do not list a certificate: a complete one, and maybe a delta that brings it up to date. */
interface Acquittal {
  /** The younger of the two. */
  readonly crl: HeldCrl
  readonly reasons: Reasons
}

/** Why nothing is known where there is nothing to be asked. */
export const NO_CRL = 'no CRL of its issuer is at hand'

/** CRLs to be asked, whoever signed them. */
export class CrlShelf {
  readonly #crls: readonly HeldCrl[]

  /** @throws {CertmanError} `der.malformed` */
  constructor(crls: readonly Uint8Array[]) {
    this.#crls = crls.map((der) => new HeldCrl(der))
  }

  /**
   * What CRLs say of a certificate (RFC 5280 section 6.3.3). Those count that its issuer signed, and those of the CRL
   * issuer that it names. That it is not revoked is believed of CRLs only that hold at this moment, are for such
   * certificates, and together are for all reasons; that it is revoked also of others: an old list, a delta without a
   * base, a partial one. Of a certificate on hold the newest list tells.
   */
  statusOf(asked: AskedCertificate): RevocationStatus {
    const answers: Answer[] = []
    let doubt: string = NO_CRL
    for (const crl of this.#crls.filter((each) => maySpeakOf(each, asked.member))) {
      const answer = answerOf(crl, asked)
      if (typeof answer === 'string') doubt = `the CRL ${answer}`
      else answers.push(answer)
    }
    const revocation = revocationIn(answers, asked.at)
    if (revocation && revocation.entry.reason !== 'certificateHold') return revokedBy(revocation)
    const acquittals: Acquittal[] = []
    for (const found of acquittalsIn(answers, asked))
      if (typeof found === 'string') doubt = `the CRL ${found}`
      else if (!revocation || lifts(found, revocation)) acquittals.push(found)
    if (revocation && !acquittals.some(({ reasons }) => reasons.has('certificateHold')))
      return revokedBy(revocation)
    // l: the reasons_mask
    const reasons = new Set(acquittals.flatMap((each) => [...each.reasons]))
    if (reasons.size === ALL_REASONS.size) return goodBy(acquittals)
    return { status: 'unknown', why: reasons.size > 0 ? 'the CRL is for some reasons only' : doubt }
  }
}

/** What a CRL says, or why nothing in it counts: the rest of a sentence about it. */
function answerOf(crl: HeldCrl, asked: AskedCertificate): Answer | string {
  if (crl.defect !== undefined) return crl.defect
  const signer = signerOf(crl, asked)
  if (typeof signer === 'string') return signer
  const listing = crl.listingOf(asked.member)
  if (!listing) return 'has entries that are not understood'
  return { crl, listing, key: signer.facts.publicKey.spkiHash }
}

/** f, g: who signed a CRL, and is to be trusted with that. */
function signerOf(crl: HeldCrl, { issuer, otherSigner }: AskedCertificate): PathMember | string {
  const isOfIssuer = crl.issuerKey === nameKey(issuer.facts.subjectAttributes) && crl.isSignedBy(issuer)
  if (isOfIssuer && maySignCrls(issuer)) return issuer
  const other = otherSigner?.(crl)
  if (other) return other
  return isOfIssuer ? 'comes from a key that may sign none' : 'is not signed by the key of the issuer'
}

/** i, j: what revokes it for good; else the newest that holds it. */
function revocationIn(answers: readonly Answer[], at: Date): Revocation | undefined {
  const revocations = answers.flatMap(({ crl, listing: { entry } }) =>
    // a list from after the time in question may tell what came later
    entry && (at >= new Date(crl.facts.thisUpdate) || at >= new Date(entry.revocationDate))
      ? [{ crl, entry }]
      : [],
  )
  const forGood = revocations.find(({ entry }) => entry.reason !== 'certificateHold')
  return forGood ?? youngest(revocations)
}

/** Who does not list it; or why that says little, as the rest of a sentence about the CRL. */
function* acquittalsIn(
  answers: readonly Answer[],
  { member, at }: AskedCertificate,
): Iterable<Acquittal | string> {
  const isDelta = ({ crl }: Answer): boolean => crl.facts.deltaCrlIndicator !== null
  const [deltas, complete] = [answers.filter(isDelta), answers.filter((each) => !isDelta(each))]
  if (complete.length === 0 && deltas.length > 0) yield 'is a delta'
  for (const base of complete)
    for (const delta of [undefined, ...deltas.filter((each) => isUpdateOf(each, base))]) {
      const { crl } = delta ?? base
      // k: what a delta takes out is no longer revoked
      const entry =
        delta?.listing.entry ?? (delta?.listing.isRemoved === true ? undefined : base.listing.entry)
      if (entry) continue
      const reasons = reasonsFor(base.crl, member)
      // a: a complete CRL that ended is good with a delta that has not
      const weakness = crl.weaknessAt(at) ?? (delta && base.crl.forgery)
      yield weakness ?? (reasons.size === 0 ? 'is not for such certificates' : { crl, reasons })
    }
}

/** c, h and section 5.2.4: whether a delta brings a complete CRL up to date. */
const isUpdateOf = (delta: Answer, base: Answer): boolean =>
  delta.crl.issuerKey === base.crl.issuerKey &&
  delta.crl.scopeKey === base.crl.scopeKey &&
  delta.key === base.key &&
  BigInt(delta.crl.facts.deltaCrlIndicator!) <= base.crl.number &&
  base.crl.number <= delta.crl.number

/** A hold is lifted only by what is younger; of other reasons an older list tells as well. */
const lifts = ({ crl, reasons }: Acquittal, hold: Revocation): boolean =>
  !reasons.has('certificateHold') || isYounger(crl, hold.crl)

/** A delta is often signed in the same second as its base: then their numbers tell. */
const isYounger = (a: HeldCrl, b: HeldCrl): boolean =>
  a.facts.thisUpdate === b.facts.thisUpdate ? a.number > b.number : a.facts.thisUpdate > b.facts.thisUpdate

/** Whose CRL is the youngest; of several the first. */
const youngest = <T extends { readonly crl: HeldCrl }>(found: readonly T[]): T | undefined =>
  found.reduce<T | undefined>(
    (best, each) => (best && !isYounger(each.crl, best.crl) ? best : each),
    undefined,
  )

const revokedBy = ({ crl, entry }: Revocation): RevocationStatus => ({
  status: 'revoked',
  why: `the CRL of ${crl.facts.thisUpdate} lists it`,
  date: entry.revocationDate,
  reason: entry.reason ?? 'unspecified',
})

/** @param acquittals at least one */
const goodBy = (acquittals: readonly Acquittal[]): RevocationStatus => ({
  status: 'good',
  why: `the CRL of ${youngest(acquittals)!.crl.facts.thisUpdate} does not list it`,
})
