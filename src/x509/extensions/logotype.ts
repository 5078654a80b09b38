import { toHex } from '../../base/bytes.ts'
import { nameOrOid } from '../../asn1/oids.ts'
import { contentOf, contextTag, DerReader, TAG, type Tlv } from '../../asn1/reader.ts'
import { readOid } from '../../asn1/values.ts'
import { asSequence, listOf } from './shape.ts'
import { decodeText, decodeTexts } from './simple.ts'

/** Where a logo lies and the digests of it (`algorithm:hex`). An indirect one names a file that describes the logo. */
export interface Logotype {
  readonly kind: 'image' | 'audio' | 'indirect'
  readonly mediaType?: string
  readonly digests: readonly string[]
  readonly uris: readonly string[]
}

/** logotype (RFC 9399 section 4.1): logos by their role. */
export interface Logotypes {
  readonly community: readonly Logotype[]
  readonly issuer: readonly Logotype[]
  readonly subject: readonly Logotype[]
  readonly other: readonly (Logotype & { readonly type: string })[]
}

/** logotype: what it points to; nothing is fetched. */
export function decodeLogotypes(tlv: Tlv): Logotypes {
  const reader = asSequence(tlv, 'the logotypes')
  const community = reader.enterIf(contextTag(0, true))
  const issuer = reader.enterIf(contextTag(1, true))
  const subject = reader.enterIf(contextTag(2, true))
  const other = reader.enterIf(contextTag(3, true))
  reader.finish('logotypes')
  return {
    community: community ? listOf(community.read(), 'the community logos', readInfo).flat() : [],
    issuer: issuer ? readInfo(issuer.read()) : [],
    subject: subject ? readInfo(subject.read()) : [],
    other: other ? listOf(other.read(), 'the other logos', readOther).flat() : [],
  }
}

function readOther(tlv: Tlv): (Logotype & { type: string })[] {
  const reader = asSequence(tlv, 'a logo')
  const type = nameOrOid('other', readOid(reader.read(TAG.oid, 'the type of a logo')))
  return readInfo(reader.read()).map((logo) => ({ type, ...logo }))
}

/** LogotypeInfo: `[0]` the data itself, `[1]` a reference to it. */
function readInfo(tlv: Tlv): Logotype[] {
  const reader = DerReader.into(tlv)
  if (tlv.tag === contextTag(1, true))
    return [{ kind: 'indirect', digests: readDigests(reader.read()), uris: decodeTexts(reader.read()) }]
  const images = reader.readIf(TAG.sequence)
  const audio = reader.readIf(contextTag(1, true))
  const logos = images ? listOf(images, 'the images', (image) => readDetails('image', image)) : []
  // [1] IMPLICIT SEQUENCE OF: the same members under another tag
  const sounds = audio
    ? listOf({ ...audio, tag: TAG.sequence }, 'the sounds', (one) => readDetails('audio', one))
    : []
  return [...logos, ...sounds]
}

function readDetails(kind: 'image' | 'audio', tlv: Tlv): Logotype {
  const details = asSequence(tlv, 'a logo').enter(TAG.sequence, 'the details of a logo')
  const mediaType = decodeText(details.read())
  return { kind, mediaType, digests: readDigests(details.read()), uris: decodeTexts(details.read()) }
}

const readDigests = (tlv: Tlv): string[] =>
  listOf(tlv, 'the digests of a logo', (digest) => {
    const reader = asSequence(digest, 'a digest')
    const algorithm = nameOrOid('digest', readOid(reader.enter(TAG.sequence, 'the algorithm').read(TAG.oid)))
    return `${algorithm}:${toHex(contentOf(reader.read(TAG.octetString, 'a digest')))}`
  })
