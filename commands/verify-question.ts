import { isOid } from '../src/asn1/writer.ts'
import { oidOfName } from '../src/asn1/oids.ts'
import { CertmanError, isCertmanError } from '../src/base/errors.ts'
import type { VerifyQuestion } from '../src/operations/verify-certificates.ts'
import type { PolicyQuestion } from '../src/path/judge-policies.ts'
import { parseHost } from '../src/x509/parse-host.ts'
import { parseIp } from '../src/x509/parse-ip.ts'
import type { Context } from './context.ts'
import { type Given, present } from './declare.ts'
import { hostRequest } from './host-request.ts'
import { readInstant } from './options/validity.ts'
import type { VERIFY_OPTIONS } from './verify.ts'

/** What the flags ask. @throws {CertmanError} `cli.usage`, `input.invalid` */
export function questionOf(ctx: Context, flags: Given<typeof VERIFY_OPTIONS>): VerifyQuestion {
  const { host, purpose, requireCrl } = flags
  const hostname =
    hostnameOf('hostname', flags.hostname) ??
    hostnameOf('servername', flags.servername) ??
    (host === undefined ? undefined : hostRequest({ ...flags, host }).host)
  const wanted = purpose ?? (hostname === undefined ? 'any' : 'server')
  return present({
    at: readInstant('at', flags.at) ?? ctx.ambient.now(),
    purpose: wanted === 'any' ? undefined : wanted,
    hostname,
    policies: policiesOf(flags),
    requireCrl,
  })
}

/** A name or an address as typed; with the dot of the root it is the same name. @throws {CertmanError} `cli.usage` */
function hostnameOf(flagName: string, typed: string | undefined): string | undefined {
  if (typed === undefined || parseIp(typed.replace(/^\[(.*)\]$/, '$1'))) return typed
  try {
    parseHost(typed.replace(/\.$/, ''), { kind: 'host name', whole: typed })
    return typed
  } catch (error) {
    if (!isCertmanError(error)) throw error
    throw new CertmanError('cli.usage', `--${flagName}: ${error.message}`, {
      hint: 'give a host name or an address alone, such as www.example.com',
      field: flagName,
    })
  }
}

function policiesOf(flags: Given<typeof VERIFY_OPTIONS>): PolicyQuestion {
  const { policy, requirePolicy, inhibitPolicyMapping, inhibitAnyPolicy } = flags
  return {
    ...(policy.length > 0 && { acceptable: new Set(policy.map(policyOid)) }),
    // who names a policy wants it: that a path without any policy would do is a trap of openssl verify
    isRequired: requirePolicy || policy.length > 0,
    inhibitMapping: inhibitPolicyMapping,
    inhibitAny: inhibitAnyPolicy,
  }
}

function policyOid(typed: string): string {
  const oid = isOid(typed) ? typed : oidOfName('other', typed)
  if (oid !== undefined) return oid
  throw new CertmanError('cli.usage', `--policy: ${JSON.stringify(typed)} is no certificate policy`, {
    hint: 'give an object identifier such as 2.23.140.1.2.1, or domainValidated, organizationValidated, extendedValidation',
    field: 'policy',
  })
}
