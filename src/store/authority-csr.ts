import { openSigner, type SignatureChoice } from '../crypto/signer.ts'
import { CertmanError } from '../base/errors.ts'
import { constraintsOf } from '../authority/grant-extensions.ts'
import { addPolicies } from '../authority/granted-template.ts'
import { openRequest } from '../authority/request.ts'
import type { Reading, WriteTransaction } from '../repository/repository.ts'
import { certificateParts } from '../x509/certificate.ts'
import { writeCsr } from '../x509/write-csr.ts'
import type { WaitingSettings } from '../domain/records.ts'
import { basicConstraints, certificatePolicies, keyUsage } from '../x509/write-extensions.ts'
import type { SigningTools } from './authority-desk.ts'
import type { AuthorityCsrOrder } from './authority-orders.ts'
import { authorityOf } from './authority-records.ts'
import { signatureOf, type Body } from './create-authority.ts'
import { checkSettings } from './edit-authority.ts'
import { extensionsLike, identifierLike, likeBefore } from './like-before.ts'
import { makeAuthorityKey } from './make-key.ts'
import { claimName } from './name-taken.ts'
import type { NewKey, Outcome } from './store.ts'
import { submitRequest } from './submit-request.ts'

/** The CSR, and what puts it into the queue. */
interface MadeCsr {
  readonly csr: Uint8Array
  readonly body: Body<readonly Outcome[]>
}

/**
 * A request for a CA certificate that a parent elsewhere is to sign: of a new authority, whose request bears its
 * name, or of one that is here and needs another certificate.
 *
 * @throws {CertmanError} `input.invalid` when a new one is not described; what opening the key throws
 */
export async function makeAuthorityCsr(
  reading: Reading,
  order: AuthorityCsrOrder,
  tools: SigningTools,
): Promise<MadeCsr> {
  const [known] = await reading.find('authority', { by: 'name', name: order.name })
  if (!known) return csrOfNew(order, tools)
  const record = authorityOf(known)
  const password = 'password' in order.protection ? order.protection.password : undefined
  const { signer, der } = await tools.desk.open(reading, record, { password, now: tools.ambient.now() })
  const before = likeBefore(der)
  const { pathLen, keyUsage: usages } = before
  const extensions = [
    basicConstraints({ ca: true, pathLen }),
    keyUsage(usages),
    ...identifierLike(before),
    ...extensionsLike(before),
  ]
  const csr = writeCsr({ subject: certificateParts(der).subjectDer, extensions, signer })
  return { csr, body: submitting({ csr, tools }) }
}

async function csrOfNew(order: AuthorityCsrOrder, tools: SigningTools): Promise<MadeCsr> {
  const { name, wish, protection } = order
  if (!wish)
    throw new CertmanError('record.not-found', `there is no authority ${JSON.stringify(name)}`, {
      hint: 'describe a new one with --subject and --key-type',
    })
  const key = await makeAuthorityKey(wish.keyType, protection, tools.ambient.random)
  const signer = openSigner(key.pkcs8, signatureOf(wish) as SignatureChoice | undefined)
  const csr = writeCsr({ subject: wish.subject, extensions: askedOf(wish), signer })
  const signature = signatureOf(wish)
  const settings = { ...wish.settings, ...(signature && { signature }) }
  return { csr, body: submitting({ csr, tools, name, key: key.stored, settings }) }
}

/** What RFC 5280 sections 4.2.1.3 and 4.2.1.9 want of an authority, and what it is to be held to. */
function askedOf(wish: Wish): readonly Uint8Array[] {
  const { pathLen = null, policies = [] } = wish
  return [
    basicConstraints({ ca: true, pathLen }),
    keyUsage(['keyCertSign', 'cRLSign']),
    ...(policies.length > 0 ? [certificatePolicies(addPolicies([], policies))] : []),
    ...constraintsOf(wish).map(([, der]) => der),
  ]
}

type Wish = NonNullable<AuthorityCsrOrder['wish']>

interface Submitting {
  readonly csr: Uint8Array
  readonly tools: SigningTools
  readonly name?: string
  readonly key?: NewKey
  readonly settings?: WaitingSettings
}

const submitting =
  ({ csr, tools, name, key, settings = {} }: Submitting): Body<readonly Outcome[]> =>
  async (tx: WriteTransaction) => {
    const { now, actor } = tools.ambient
    if (name !== undefined) await claimName(tx, { kind: 'authority', name })
    await checkSettings(tx, settings)
    const given = {
      csr,
      profile: 'intermediate',
      source: { how: 'generated' },
      ...(name !== undefined && { name }),
      ...(key && { key }),
      ...(Object.keys(settings).length > 0 && { authoritySettings: settings }),
    } as const
    return submitRequest(tx, { given, open: openRequest(csr) }, { now: now(), actor })
  }
