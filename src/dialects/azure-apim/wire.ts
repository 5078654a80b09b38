import type { JsonObject } from '../../base/json.ts'

/** The classic form (`/certificates`), and the same resource in Azure Resource Manager. */
export type Form = 'classic' | 'arm'

/** What both forms tell of a certificate. Never its bytes. */
export interface WireContract {
  /** Text as .NET writes it. */
  readonly subject: string
  /** SHA-1, upper-case hex. */
  readonly thumbprint: string
  /** `2016-08-21T21:10:42Z`; old servers leave the zone out and mean UTC. */
  readonly expirationDate: string
}

/** A certificate in the classic form, members in the vendor's order. */
export interface ClassicCertificate extends WireContract, JsonObject {
  /** `/certificates/{cid}` */
  readonly id: string
}

/** A certificate in Azure Resource Manager. */
export interface ArmCertificate extends JsonObject {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly properties: JsonObject & WireContract
}

/** `target` is the member or parameter that is meant. */
export interface WireDetail {
  readonly code: string
  readonly target: string
  readonly message: string
}

/** `{"error": …}`; `details` is `null` where no field is meant. */
export interface WireError {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly details: readonly WireDetail[] | null
  }
}

/** What ids are made of: the pattern of the vendor's own description of the API. */
export const ID_PATTERN = /^[^*#&+:<>?]+$/

/** Longest id in each form. */
export const MAX_ID = { classic: 256, arm: 80 } as const
