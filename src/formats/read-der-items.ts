import { CertmanError } from '../base/errors.ts'
import { describeCrl } from '../x509/crl.ts'
import { describeCsr } from '../x509/csr.ts'
import { knownFacts } from '../x509/known-facts.ts'
import { classifyDer, DER_KIND_NAMES, mislabelled, type DerKind } from './classify-der.ts'
import { foreignDer } from './foreign-der.ts'
import type { Item, LeftItem, Place } from './items.ts'
import { readPkcs7 } from './pkcs7.ts'
import { atPlace, within } from './place.ts'

/** What one part of a file gave. */
export interface Reading {
  readonly items: readonly Item[]
  readonly left: readonly LeftItem[]
}

/** A part that held one thing. */
export const one = (item: Item): Reading => ({ items: [item], left: [] })

/** Runs the describer, which refuses what is malformed; tells apart the damaged from the mislabelled. */
function checked<T>(der: Uint8Array, expected: DerKind, describe: (der: Uint8Array) => T): T {
  try {
    return describe(der)
  } catch (cause) {
    const kind = classifyDer(der)
    const found = kind ? DER_KIND_NAMES[kind] : foreignDer(der)?.what
    if (found === undefined || kind === expected || !(cause instanceof CertmanError)) throw cause
    throw mislabelled(DER_KIND_NAMES[expected], found, cause)
  }
}

/**
 * A certificate that has been read to its end once.
 *
 * @throws {CertmanError} `der.malformed`, `limit.exceeded`, led by the place
 */
export function readCertificate(der: Uint8Array, place: Place): Item {
  atPlace(place, () => checked(der, 'certificate', knownFacts))
  return { type: 'certificate', der, place }
}

/** A request that has been read once; errors as for `readCertificate`. */
export function readRequest(der: Uint8Array, place: Place): Item {
  atPlace(place, () => checked(der, 'certificate-request', describeCsr))
  return { type: 'certificate-request', der, place }
}

/** A CRL that has been read once; errors as for `readCertificate`. */
export function readCrl(der: Uint8Array, place: Place): Item {
  atPlace(place, () => checked(der, 'crl', describeCrl))
  return { type: 'crl', der, place }
}

const EMPTY_PKCS7 = { what: 'empty PKCS#7', why: 'it holds no certificate and no CRL' }

/**
 * Certificates and CRLs of a PKCS#7 structure; of an empty one `left` says so.
 *
 * @throws {CertmanError} `format.unsupported` for other types than SignedData, `der.malformed`, led by the place
 */
export function readPkcs7Items(bytes: Uint8Array, place: Place): Reading {
  const content = atPlace(place, () => checked(bytes, 'pkcs7', readPkcs7))
  const certificates = content.certificates.map((der, i) =>
    readCertificate(der, within(place, `certificate ${i + 1}`)),
  )
  const crls = content.crls.map((der, i) => readCrl(der, within(place, `CRL ${i + 1}`)))
  const items = [...certificates, ...crls]
  const isEmpty = items.length === 0 && content.left.length === 0
  const left = isEmpty ? [EMPTY_PKCS7] : content.left
  return { items, left: left.map(({ what, why }) => ({ what, why, place })) }
}
