import { nameOrOid } from '../../asn1/oids.ts'
import { TAG, type Tlv } from '../../asn1/reader.ts'
import { readOid } from '../../asn1/values.ts'
import type { GeneralName } from '../../domain/facts.ts'
import { readGeneralName } from '../general-name.ts'
import { asSequence, listOf } from './shape.ts'

/** One AccessDescription; the method is `ocsp`, `caIssuers`, `caRepository`, `timeStamping` … or an OID. */
export interface AccessDescription {
  readonly accessMethod: string
  readonly accessLocation: GeneralName
}

/** authorityInfoAccess, subjectInfoAccess (RFC 5280 sections 4.2.2.1, 4.2.2.2). */
export const decodeAccess = (tlv: Tlv): readonly AccessDescription[] =>
  listOf(tlv, 'the access descriptions', (description) => {
    const reader = asSequence(description, 'an access description')
    const accessMethod = nameOrOid('other', readOid(reader.read(TAG.oid, 'the access method')))
    const accessLocation = readGeneralName(reader.read(undefined, 'the access location'))
    reader.finish('access description')
    return { accessMethod, accessLocation }
  })
