import { crlRefusal } from '../authority/crl.ts'
import type { SigningAuthority } from './authority-desk.ts'

/**
 * An authority that names no place for its CRL, though it may sign one, pointing to where a server gives it: `<base>/<name>.crl`.
 *
 * @param base undefined: the authority as it is
 */
export function pointingTo(authority: SigningAuthority, base: string | undefined): SigningAuthority {
  const { open, record } = authority
  if (base === undefined || open.urls.crlUrls.length > 0 || crlRefusal(open)) return authority
  const crlUrls = [`${base}/${encodeURIComponent(record.name)}.crl`]
  return { ...authority, open: { ...open, urls: { ...open.urls, crlUrls } } }
}
