import type { Signer } from '../crypto/signer.ts'
import { openSigner, type SignatureChoice } from '../crypto/signer.ts'
import { CertmanError } from '../base/errors.ts'
import { openRequest } from '../authority/request.ts'
import type { Reading, WriteTransaction } from '../repository/repository.ts'
import { certificateParts } from '../x509/certificate.ts'
import { writeCsr } from '../x509/write-csr.ts'
import { basicConstraints, keyUsage } from '../x509/write-extensions.ts'
import type { SigningTools } from './authority-desk.ts'
import type { AuthorityCsrOrder } from './authority-orders.ts'
import { authorityOf } from './authority-records.ts'
import { signatureOf, type Body } from './create-authority.ts'
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
  const csr = caRequest(certificateParts(der).subjectDer, signer, undefined)
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
  const csr = caRequest(wish.subject, signer, wish.pathLen)
  return { csr, body: submitting({ csr, tools, name, key: key.stored }) }
}

/** Asks for what RFC 5280 sections 4.2.1.3 and 4.2.1.9 want of an authority. */
function caRequest(subject: Uint8Array, signer: Signer, pathLen: number | null | undefined): Uint8Array {
  const extensions = [
    basicConstraints({ ca: true, pathLen: pathLen ?? null }),
    keyUsage(['keyCertSign', 'cRLSign']),
  ]
  return writeCsr({ subject, extensions, signer })
}

interface Submitting {
  readonly csr: Uint8Array
  readonly tools: SigningTools
  readonly name?: string
  readonly key?: NewKey
}

const submitting =
  ({ csr, tools, name, key }: Submitting): Body<readonly Outcome[]> =>
  async (tx: WriteTransaction) => {
    const { now, actor } = tools.ambient
    if (name !== undefined) await claimName(tx, { kind: 'authority', name })
    const given = {
      csr,
      profile: 'intermediate',
      source: { how: 'generated' },
      ...(name !== undefined && { name }),
      ...(key && { key }),
    } as const
    return submitRequest(tx, { given, open: openRequest(csr) }, { now: now(), actor })
  }
