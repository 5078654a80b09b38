/** The first 32 of some hex digits as GUIDs are written (RFC 9562 section 4). */
export const guidText = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
