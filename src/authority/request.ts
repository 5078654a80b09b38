import { setImmediate as turn } from 'node:timers/promises'
import { asError, CertmanError } from '../base/errors.ts'
import { nameOrOid } from '../asn1/oids.ts'
import { asBuffer } from '../asn1/strings.ts'
import {
  verifySignature,
  verifySignatureAside,
  type SignatureToVerify,
  type SignatureVerdict,
} from '../crypto/verify.ts'
import type { CsrFacts } from '../domain/facts.ts'
import { isForgeable, signatureScheme } from '../path/judge-certificate.ts'
import { type CsrParts, takeCsrApart, type RequestedExtension } from '../x509/csr.ts'

/** A request whose form and self-signature are right. */
export interface OpenRequest {
  readonly facts: CsrFacts
  /** Name DER, byte for byte. */
  readonly subjectDer: Uint8Array
  /** SubjectPublicKeyInfo DER. */
  readonly spki: Uint8Array
  readonly extensions: readonly RequestedExtension[]
  /** The signature algorithm, with the digest where that is a parameter (RSASSA-PSS). */
  readonly scheme: string
}

/**
 * Reads a request as an authority must: version 1, no malformed or repeated extension, and signed by the key that it
 * carries (RFC 2986 section 3). Every request passes here before it enters a queue, and again before it is signed.
 *
 * @param der exactly one PKCS#10 request
 * @throws {CertmanError} `der.malformed`; `input.invalid` for a wrong version, extension or signature;
 *   `format.unsupported` when the signature cannot be checked
 */
export function openRequest(der: Uint8Array): OpenRequest {
  const seen = recall(der)
  if (seen.known) return seen.known
  const { open, signed } = takeApart(seen.der)
  if (!verified.has(open.facts.fingerprint)) requireSignature(open.facts, verifySignature(signed))
  return remember(seen, open)
}

/** The same with the signature checked beside this thread: a server goes on with other calls meanwhile. */
export async function openRequestAside(der: Uint8Array): Promise<OpenRequest> {
  const seen = recall(der)
  if (seen.known) return seen.known
  const { open, signed } = takeApart(seen.der)
  if (!verified.has(open.facts.fingerprint)) requireSignature(open.facts, await verifySignatureAside(signed))
  return remember(seen, open)
}

/** Longer requests are read each time. */
const LONGEST = 4096
const MOST = 512

/**
 * What was found right lately, by all of its bytes: a server reads a request, the store checks it, and soon it is signed.
 * Refusals are not remembered.
 */
let lately = new Map<string, OpenRequest>()

/** Some 4 MB of fingerprints. */
const MOST_VERIFIED = 32_768

/** Fingerprints of requests whose signature was right: they are signed days later, and what is right stays right. */
let verified = new Set<string>()

interface Seen {
  /** All bytes; undefined for a long request. */
  readonly bytes: string | undefined
  /** A copy where it is remembered: what is known must not change with the caller's bytes. */
  readonly der: Uint8Array
  readonly known: OpenRequest | undefined
}

function recall(der: Uint8Array): Seen {
  if (der.length > LONGEST) return { bytes: undefined, der, known: undefined }
  const bytes = asBuffer(der).toString('latin1')
  const known = lately.get(bytes)
  return { bytes, der: known ? der : Uint8Array.from(der), known }
}

function remember({ bytes }: Seen, open: OpenRequest): OpenRequest {
  if (verified.size >= MOST_VERIFIED) verified = new Set()
  verified.add(open.facts.fingerprint)
  if (bytes === undefined) return open
  if (lately.size >= MOST) lately = new Map()
  lately.set(bytes, open)
  return open
}

/** For so many a thread of their own pays: it takes some 30 ms to start. */
const MANY = 200

type Verifying = (all: readonly SignatureToVerify[]) => Promise<readonly SignatureVerdict[]>

/** How so many signatures are checked beside this thread. */
async function verifyingFor(count: number): Promise<Verifying> {
  if (count < MANY) return (all) => Promise.all(all.map(verifySignatureAside))
  return (await import('../crypto/verifying-thread.ts')).verifySignatures
}

/** So many are checked at once: the first ones are back soon. */
const GROUP = 32

/** Groups under way: those who check them do not wait for us. What is flushed waits for its turn behind them. */
const AHEAD = 8

/**
 * `openRequest` for many, in their order: while the caller works with one, the signatures of the next ones are checked
 * beside this thread.
 *
 * @throws {CertmanError} like `openRequest`, when it comes to the one that is refused
 */
export async function* openRequests(all: readonly Uint8Array[]): AsyncGenerator<OpenRequest, void> {
  const verify = await verifyingFor(all.length)
  const ahead: Promise<readonly (OpenRequest | Error)[]>[] = []
  for (let at = 0; at < all.length || ahead.length > 0;) {
    for (; ahead.length < AHEAD && at < all.length; at += GROUP) {
      // who waits for a flush, holding the lock of a store, is let through
      await turn()
      ahead.push(openGroup(all.slice(at, at + GROUP), verify))
    }
    for (const open of await ahead.shift()!) {
      if (open instanceof Error) throw open
      yield open
    }
  }
}

/** Never rejects: a group may be left when an earlier one is refused. */
async function openGroup(
  group: readonly Uint8Array[],
  verify: Verifying,
): Promise<readonly (OpenRequest | Error)[]> {
  try {
    const apart = group.map((der) => attempt(() => takeApart(der)))
    const signed = apart.flatMap((each) => (each instanceof Error ? [] : [each.signed]))
    const verdicts = await verify(signed)
    let next = 0
    return apart.map((each) => {
      if (each instanceof Error) return each
      const verdict = verdicts[next++]!
      return attempt(() => {
        requireSignature(each.open.facts, verdict)
        return each.open
      })
    })
  } catch (error) {
    return group.map(() => asError(error))
  }
}

function attempt<T>(make: () => T): T | Error {
  try {
    return make()
  } catch (error) {
    return asError(error)
  }
}

const ANOTHER_PROGRAM = 'ask the requester for a new one, made by another program'

function takeApart(der: Uint8Array): { readonly open: OpenRequest; readonly signed: SignatureToVerify } {
  const { facts, parts, extensions } = takeCsrApart(der)
  // RFC 2986 section 4.1: the version is 0, which is called 1
  if (facts.version !== 1)
    throw new CertmanError('input.invalid', `the request has version ${facts.version}, PKCS#10 has only 1`, {
      hint: ANOTHER_PROGRAM,
    })
  requireSoundExtensions(facts, extensions)
  const scheme = schemeOf(facts, parts)
  requireSoundDigest(scheme)
  const { info, signatureAlgorithm, signature, spki, subjectDer } = parts
  const signed = { algorithm: signatureAlgorithm, signed: info, signature, spki }
  return { open: { facts, subjectDer, spki, extensions, scheme }, signed }
}

function requireSoundExtensions(facts: CsrFacts, extensions: readonly RequestedExtension[]): void {
  const seen = new Set<string>()
  for (const { oid } of extensions) {
    if (seen.has(oid))
      throw new CertmanError(
        'input.invalid',
        `the request asks for the extension ${nameOrOid('extension', oid)} twice (RFC 5280 section 4.2)`,
        { hint: ANOTHER_PROGRAM },
      )
    seen.add(oid)
  }
  const [malformed] = facts.malformedExtensions ?? []
  if (malformed !== undefined)
    throw new CertmanError('input.invalid', `the request asks for a malformed ${malformed}`, {
      hint: 'see what is wrong: certman show --file FILE',
    })
}

/** MD2 to MD5: OpenSSL checks no such signature from its security level 1 on, and no authority takes one. */
function requireSoundDigest(scheme: string): void {
  if (!/md[245]/i.test(scheme)) return
  throw new CertmanError(
    'policy.refused',
    `the request is signed with ${scheme}, which proves nothing: such signatures can be forged`,
    { hint: 'ask the requester for a new one: openssl req -new -sha256 -key KEY -out FILE' },
  )
}

/** Only RSASSA-PSS has parameters that say more: the others are not read again. */
const schemeOf = (facts: CsrFacts, parts: CsrParts): string =>
  facts.signatureAlgorithm === 'rsassaPss'
    ? signatureScheme(facts.signatureAlgorithm, parts)
    : facts.signatureAlgorithm

/** What a person should hear of a request that is taken all the same; sentences. */
export function requestNotes({ scheme }: Pick<OpenRequest, 'scheme'>): readonly string[] {
  return isForgeable(scheme)
    ? [`the request is signed with ${scheme}, which can be forged: many authorities refuse it`]
    : []
}

/** The same of a request that some other store takes or refuses. @throws {CertmanError} `der.malformed` */
export function notesOnRequest(der: Uint8Array): readonly string[] {
  const { facts, parts } = takeCsrApart(der)
  return requestNotes({ scheme: schemeOf(facts, parts) })
}

function requireSignature(facts: CsrFacts, verdict: SignatureVerdict): void {
  if (verdict === 'valid') return
  if (verdict === 'unsupported')
    throw new CertmanError(
      'format.unsupported',
      `the signature of the request is unsupported (${facts.signatureAlgorithm}), so it cannot be checked`,
      { hint: 'make the request again with an RSA, EC, Ed25519 or Ed448 key, signed with SHA-256 or so' },
    )
  throw new CertmanError('input.invalid', 'the request is not signed by the key that it carries', {
    hint: 'the request is damaged or forged: ask the requester for a new one',
  })
}
