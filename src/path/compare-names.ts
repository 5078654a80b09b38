import type { NameAttributes } from '../domain/facts.ts'

/** Upper and lower case alike, runs of spaces as one (RFC 5280 section 7.1); the order inside an RDN does not count. */
export const foldRdn = (rdn: NameAttributes[number]): string =>
  rdn
    .map(({ oid, value }) => `${oid}=${value.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ')}`)
    .toSorted()
    .join('+')

/** Equal for names that RFC 5280 section 7.1 takes for the same; no name to be shown. */
export const nameKey = (name: NameAttributes): string => JSON.stringify(name.map((rdn) => foldRdn(rdn)))
