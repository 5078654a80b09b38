import type { CertificateRecord } from '../domain/records.ts'
import { pathMember, type PathMember } from '../path/path-member.ts'
import type { StoredCertificate } from '../store/store.ts'

/** Where a certificate that is verified, or helps to verify another, was found. */
export type Origin = 'file' | 'host' | 'store' | 'system'

/** A member of a path with where it comes from. */
export interface VerifyMember extends PathMember {
  readonly origin: Origin
  /** Where the store knows it, wherever it was found. */
  readonly record?: CertificateRecord
}

/** A certificate from elsewhere than the store. @throws {CertmanError} `der.malformed` */
export const foreignMember = (der: Uint8Array, origin: Origin): VerifyMember =>
  // not spread: that would decode the extensions
  Object.assign(pathMember(der), { origin })

/** A certificate of the store. */
export const storedMember = ({ der, facts, extensions, record }: StoredCertificate): VerifyMember => ({
  der,
  facts,
  extensions,
  record,
  origin: 'store',
})
