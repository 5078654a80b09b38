import type { CertificateFacts, Extension } from '../domain/facts.ts'
import type { AccessDescription } from './extensions/access.ts'
import type { DistributionPoint, IssuingDistributionPoint } from './extensions/distribution.ts'
import type { NameConstraints } from './extensions/name-constraints.ts'
import type {
  decodePolicyConstraints,
  decodePolicyMappings,
  PolicyInformation,
} from './extensions/policies.ts'

/** What their decoders make of the extensions that are heeded when a certificate or a CRL is judged. */
interface ExtensionValues {
  readonly authorityInfoAccess: readonly AccessDescription[]
  readonly authorityKeyIdentifier: NonNullable<CertificateFacts['authorityKeyIdentifier']>
  readonly certificatePolicies: readonly PolicyInformation[]
  /** Decimal text. */
  readonly cRLNumber: string
  readonly deltaCRLIndicator: string
  readonly cRLDistributionPoints: readonly DistributionPoint[]
  readonly inhibitAnyPolicy: number
  readonly issuingDistributionPoint: IssuingDistributionPoint
  readonly nameConstraints: NameConstraints
  readonly policyConstraints: ReturnType<typeof decodePolicyConstraints>
  readonly policyMappings: ReturnType<typeof decodePolicyMappings>
  readonly subjectKeyIdentifier: string
}

/** The value of the first extension of this RFC name; undefined where there is none, or none that can be decoded. */
export const extensionValue = <Name extends keyof ExtensionValues>(
  extensions: readonly Extension[],
  name: Name,
): ExtensionValues[Name] | undefined =>
  extensions.find((extension) => extension.name === name)?.value as ExtensionValues[Name] | undefined
