import { fieldIs, type Filter } from '../domain/filter.ts'

/** Certificates of an authority that are revoked or on hold. */
export const revokedBy = (authorityId: string): Filter => ({
  op: 'and',
  terms: [
    fieldIs('authorityId', authorityId),
    // every date there is; a comparison, so that the index answers it
    {
      op: 'compare',
      field: 'revocation.date',
      operator: '>=',
      value: { type: 'instant', value: '0001-01-01T00:00:00Z' },
    },
  ],
})

/** Certificates of an authority. */
export const issuedBy = (authorityId: string): Filter => fieldIs('authorityId', authorityId)
