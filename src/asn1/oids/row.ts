/** Dotted text, then the name that certman prints, then other names that it understands. */
export type OidRow = readonly [oid: string, name: string, ...aliases: string[]]
