import { asBuffer } from '../asn1/strings.ts'
import { verifySignature } from '../crypto/verify.ts'
import type { CrlFacts, Extension, GeneralName, RevokedEntry } from '../domain/facts.ts'
import { certificateParts } from '../x509/certificate.ts'
import { extensionValue } from '../x509/extension-value.ts'
import { type CrlParts, openCrl, revokedEntries } from '../x509/crl.ts'
import type { IssuingDistributionPoint } from '../x509/extensions/distribution.ts'
import { nameKey } from './compare-names.ts'
import { directoryKeys, type ScopedCrl } from './crl-scope.ts'
import { forgeryOf } from './judge-certificate.ts'
import type { PathMember } from './path-member.ts'

/** What a CRL says of one certificate: that it is revoked, that it no longer is (a delta may), or neither. */
export interface Listing {
  readonly entry?: Pick<RevokedEntry, 'revocationDate' | 'reason'>
  readonly isRemoved: boolean
}

const NOT_LISTED: Listing = { isRemoved: false }

/** The first entry that revokes counts; "removed" only where there is none. */
const merged = (before: Listing | undefined, { revocationDate, reason }: RevokedEntry): Listing => {
  if (before?.entry) return before
  return reason === 'removeFromCRL'
    ? { isRemoved: true }
    : { entry: { revocationDate, reason }, isRemoved: false }
}

/** By the key of the issuer and the serial number. */
type Listings = ReadonlyMap<string, ReadonlyMap<string, Listing>>

/** So many certificates are looked for one by one: to note all of a hundred thousand entries takes longer. */
const FEW = 8

/** Critical extensions of CRLs that are heeded here. */
const HEEDED: ReadonlySet<string | undefined> = new Set([
  'cRLNumber',
  'deltaCRLIndicator',
  'issuingDistributionPoint',
  'authorityKeyIdentifier',
])

/** A CRL at hand. Who signed it and what it lists is found out once, however many certificates are asked about. */
export class HeldCrl implements ScopedCrl {
  readonly facts: CrlFacts
  readonly issuerKey: string
  readonly scope?: IssuingDistributionPoint
  /** Equal for CRLs that are for the same certificates and reasons: the octets do not matter, the meaning does. */
  readonly scopeKey: string
  /** A CRL without one is older than any. */
  readonly number: bigint
  /** Why nothing in it counts, whoever signed it: the rest of a sentence about it. */
  readonly defect: string | undefined
  readonly #der: Uint8Array
  readonly #parts: CrlParts
  readonly #verdicts = new Map<string, boolean>()
  /** Of the first that were asked about. */
  readonly #listings = new Map<string, Listing>()
  /** Of all that it names, once many were asked about. */
  #all: Listings | undefined
  /** Undefined: its entries were not read yet. */
  #isUnderstood: boolean | undefined

  /** @throws {CertmanError} `der.malformed` */
  constructor(der: Uint8Array) {
    const { facts, extensions, parts } = openCrl(der)
    const scope = extensionValue(extensions, 'issuingDistributionPoint')
    this.#der = der
    this.#parts = parts
    this.facts = facts
    this.issuerKey = nameKey(facts.issuerAttributes)
    if (scope) this.scope = scope
    this.scopeKey = JSON.stringify(scope ?? null)
    this.number = BigInt(facts.crlNumber ?? -1)
    this.defect = defectOf(extensions) ?? algorithmDefect(parts)
  }

  /** Why it counts for little that it does not list a certificate: the rest of a sentence about it. */
  weaknessAt(at: Date): string | undefined {
    const { thisUpdate, nextUpdate } = this.facts
    if (at < new Date(thisUpdate)) return `is from ${thisUpdate}, after the time in question`
    return nextUpdate !== null && at > new Date(nextUpdate) ? `ended on ${nextUpdate}` : this.forgery
  }

  /** That others could have signed it: the rest of a sentence about it. */
  get forgery(): string | undefined {
    return forgeryOf(this.facts.signatureAlgorithm, this.#parts)
  }

  /** Whether the key of this certificate signed it. */
  isSignedBy({ der, facts }: PathMember): boolean {
    const key = facts.publicKey.spkiHash
    const known = this.#verdicts.get(key)
    if (known !== undefined) return known
    const { tbs, signature, signatureAlgorithm } = this.#parts
    const { spki } = certificateParts(der)
    const isValid =
      verifySignature({ algorithm: signatureAlgorithm, signed: tbs, signature, spki }) === 'valid'
    this.#verdicts.set(key, isValid)
    return isValid
  }

  /** What it says of a certificate; undefined where it has entries that are not understood. */
  listingOf({ facts: { issuerAttributes, serialNumber } }: PathMember): Listing | undefined {
    const issuer = nameKey(issuerAttributes)
    const key = `${serialNumber} ${issuer}`
    const known = this.#listings.get(key)
    if (known || this.#isObscure) return known
    if (this.#listings.size >= FEW) this.#all ??= this.#readAll()
    const listing = this.#all
      ? (this.#all.get(issuer)?.get(serialNumber) ?? NOT_LISTED)
      : this.#lookUp(serialNumber, issuer)
    if (this.#isObscure) return undefined
    if (!this.#all) this.#listings.set(key, listing)
    return listing
  }

  /** Whether it has entries that are not understood, as far as they were read. */
  get #isObscure(): boolean {
    return this.#isUnderstood === false
  }

  #lookUp(serialNumber: string, issuer: string): Listing {
    let listing: Listing | undefined
    if (this.#mayList(serialNumber))
      for (const { about, entry } of this.#entries())
        if (about === issuer && entry.serialNumber === serialNumber) listing = merged(listing, entry)
    return listing ?? NOT_LISTED
  }

  /**
   * Whether it is worth reading all entries. Once they were found to be understood, most serial numbers are told by a
   * search for their octets, ten times as fast; no encoding of a number is without them.
   */
  #mayList(serialNumber: string): boolean {
    if (this.#isUnderstood === undefined || serialNumber.startsWith('-')) return true
    const hex = serialNumber.length % 2 === 0 ? serialNumber : `0${serialNumber}`
    return asBuffer(this.#der).includes(Buffer.from(hex, 'hex'))
  }

  #readAll(): Listings {
    const all = new Map<string, Map<string, Listing>>()
    for (const { about, entry } of this.#entries()) {
      let ofIssuer = all.get(about)
      if (!ofIssuer) all.set(about, (ofIssuer = new Map()))
      ofIssuer.set(entry.serialNumber, merged(ofIssuer.get(entry.serialNumber), entry))
    }
    return all
  }

  /** Entries with the key of whoever issued what they revoke, up to one that is not understood. */
  *#entries(): Iterable<{ readonly about: string; readonly entry: RevokedEntry }> {
    this.#isUnderstood = false
    let about: string | undefined = this.issuerKey
    for (const entry of revokedEntries(this.#der)) {
      for (const extension of entry.extensions ?? [])
        // section 5.3.3: it holds for all that follow, until another one stands there
        if (extension.name === 'certificateIssuer' && this.scope?.indirectCRL === true)
          about = directoryKeys((extension.value ?? []) as readonly GeneralName[])[0]
        // section 5.3: then nothing in the whole list can be relied on
        else if (extension.critical) return
      // whose certificate it is was not understood: it may be any
      if (about === undefined) return
      yield { about, entry }
    }
    this.#isUnderstood = true
  }
}

function defectOf(extensions: readonly Extension[]): string | undefined {
  const strange = extensions.find(({ critical, name }) => critical && !HEEDED.has(name))
  if (strange) return `has the critical extension ${strange.name ?? strange.oid}, which is not understood`
  const damaged = extensions.find(({ name, malformed }) => HEEDED.has(name) && malformed !== undefined)
  return damaged && `has the malformed extension ${damaged.name!}`
}

/** RFC 5280 section 5.1.1.2. */
const algorithmDefect = ({ signatureAlgorithmsAgree }: CrlParts): string | undefined =>
  signatureAlgorithmsAgree ? undefined : 'names two signature algorithms'
