/** What may be called by a user who is confined to collections: what says of which collection it speaks. */
const OPEN: readonly (readonly [method: RegExp, path: RegExp])[] = [
  [/./, /^\/Certificates(?:\/|$)/],
  [/^GET$/, /^\/CertificateCollections(?:\/|$)/],
  [/./, /^\/Enrollment\/(?:Renew|AvailableRenewal)(?:\/|$)/],
  [/^GET$/, /^\/MetadataFields(?:\/|$)/],
  [/^GET$/, /^\/Status\//],
]

/** These are below an open path, and speak of certificates that are in no collection yet. */
const CLOSED = ['/Certificates/Import', '/Certificates/Analyze']

/** Whether an operation is open to users who are confined to collections; its path is that of the route. */
export const isOpenToConfined = (method: string, path: string): boolean =>
  !CLOSED.includes(path) && OPEN.some(([methods, paths]) => methods.test(method) && paths.test(path))
