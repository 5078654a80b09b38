import { CertmanError } from '../base/errors.ts'
import { shellWord } from '../base/text.ts'
import type { Item } from '../formats/items.ts'
import { describePlace } from '../formats/place.ts'
import type { FormerCertificate } from '../store/authority-orders.ts'
import { describeCrl } from '../x509/crl.ts'
import { describeCsr } from '../x509/csr.ts'
import { knownFacts } from '../x509/known-facts.ts'
import { describePublicKey } from '../x509/public-key.ts'
import type { AuthorityFolder } from './authority-folder.ts'
import { quoted } from './read-sources.ts'

type KeyItem = Extract<Item, { type: 'private-key' }>
type CrlItem = Extract<Item, { type: 'crl' }>

const NAMES: Readonly<Record<Item['type'], string>> = {
  certificate: 'the certificate',
  'private-key': 'the private key',
  'public-key': 'the public key',
  'certificate-request': 'the request',
  crl: 'the CRL',
}

const MOST_SHOWN = 3

/**
 * The authority that the files hold: its certificate is the one whose key is there, else the only one of a CA; what it
 * issued comes along, and what is nothing of it is noted.
 *
 * @param own its certificate, where the store has it already
 * @throws {CertmanError} `input.invalid` when the files hold no CA or several
 */
export function authorityAmongItems(items: readonly Item[], own: Uint8Array | undefined): AuthorityFolder {
  const certificates = items.flatMap((item) => (item.type === 'certificate' ? [item.der] : []))
  const keys = items.filter((item): item is KeyItem => item.type === 'private-key')
  const certificate = own ?? authorityAmong(items, keys)
  const { subject, fingerprint, publicKey } = knownFacts(certificate)
  const key = keys.find(({ spki }) => describePublicKey(spki).spkiHash === publicKey.spkiHash) ?? keys[0]
  const others = certificates.filter((der) => knownFacts(der).fingerprint !== fingerprint)
  const issued = others.filter((der) => knownFacts(der).issuer === subject)
  const crl = crlAmong(items, subject)
  const isTaken = (item: Item): boolean =>
    item.type === 'certificate' || item === key || item === crl || spkiHashOf(item) === publicKey.spkiHash
  const left = items.filter((item) => !isTaken(item))
  return {
    certificate,
    key,
    chain: others.filter((der) => !issued.includes(der)),
    issued: issued.map((der): FormerCertificate => ({ der })),
    crl: crl?.der,
    nextCrlNumber: undefined,
    notes: left.length > 0 ? [leftNote(left)] : [],
  }
}

/** Its public key, and the request that it once made, say nothing new. */
function spkiHashOf(item: Item): string | undefined {
  if (item.type === 'certificate-request') return describeCsr(item.der).publicKey.spkiHash
  return 'spki' in item ? describePublicKey(item.spki).spkiHash : undefined
}

/** The latest of its own; one of somebody else is refused later, when there is no other. */
function crlAmong(items: readonly Item[], subject: string): CrlItem | undefined {
  const all = items.flatMap((item) => (item.type === 'crl' ? [{ item, facts: describeCrl(item.der) }] : []))
  const own = all.filter(({ facts }) => facts.issuer === subject)
  const [first] = own.sort((a, b) => b.facts.thisUpdate.localeCompare(a.facts.thisUpdate))
  return (first ?? all[0])?.item
}

/** What was named and is nothing of the authority: keys of what it issued, requests, CRLs of others. */
function leftNote(left: readonly Item[]): string {
  const what = left.map(({ type, place }) => `${NAMES[type]} in ${describePlace(place)}`)
  const more = what.length > MOST_SHOWN ? ` and ${what.length - MOST_SHOWN} more` : ''
  return `not taken with the authority: ${what.slice(0, MOST_SHOWN).join(', ')}${more}; keys and requests are taken by: certman import FILE`
}

/**
 * A key that was named and does not fit is no slip to pass over: the authority could sign nothing.
 *
 * @throws {CertmanError} `key.mismatch`
 */
export function requireOwnKey({ certificate, key }: AuthorityFolder): void {
  const { publicKey, subject } = knownFacts(certificate)
  if (!key || describePublicKey(key.spki).spkiHash === publicKey.spkiHash) return
  throw new CertmanError(
    'key.mismatch',
    `the private key in ${quoted(key.place.file)} is not that of ${JSON.stringify(subject)}`,
  )
}

function authorityAmong(items: readonly Item[], keys: readonly KeyItem[]): Uint8Array {
  const keyFiles = new Map(keys.map(({ spki, place }) => [describePublicKey(spki).spkiHash, place.file]))
  const certificates = items.filter((item) => item.type === 'certificate')
  const authorities = certificates.filter(({ der }) => knownFacts(der).basicConstraints?.ca === true)
  const keyed = authorities.filter(({ der }) => keyFiles.has(knownFacts(der).publicKey.spkiHash))
  const candidates = keyed.length > 0 ? keyed : authorities
  if (candidates.length === 1) return candidates[0]!.der
  if (candidates.length > 1) {
    const message = `the files hold ${candidates.length} CA certificates that could be meant`
    // those of one file cannot be told apart by naming it
    const apart = new Set(keyed.map(({ place }) => place.file)).size === keyed.length ? keyed : []
    const commands = apart.slice(0, MOST_SHOWN).map(({ der, place }) => {
      const files = [place.file, keyFiles.get(knownFacts(der).publicKey.spkiHash)!]
      return `\n  certman ca import ${files.map(shellWord).join(' ')} --name NAME`
    })
    const hint = `name the files of one authority: its certificate and its key${commands.join('')}`
    throw new CertmanError('input.invalid', message, { hint })
  }
  const what = certificates.length === 0 ? 'no certificate' : 'no CA certificate'
  throw new CertmanError('input.invalid', `the files hold ${what}`, {
    hint: 'a CA certificate has basicConstraints with cA: certman show --file FILE',
  })
}
