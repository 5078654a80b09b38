/** Protocols that begin in clear text and switch to TLS when asked. */
export const STARTTLS_PROTOCOLS = ['smtp', 'imap', 'ldap', 'postgres'] as const
export type StarttlsProtocol = (typeof STARTTLS_PROTOCOLS)[number]
