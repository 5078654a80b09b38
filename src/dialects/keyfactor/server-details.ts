import type { JsonObject } from '../../base/json.ts'
import type { Answer } from '../../http/exchange.ts'
import { chooseIssuer, isSelfSigned } from '../../path/choose-issuer.ts'
import { describeCsr } from '../../x509/csr.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { ok } from './server-answer.ts'
import type { Desk } from './server-desk.ts'
import { csrOf } from './server-enroll.ts'
import { certificateOfPath } from './server-find.ts'
import { certificateBytes, itemsOf } from './server-import.ts'
import { isSecondVersion, objectBody, optional, requiredText } from './server-request.ts'
import { guidOf, hostOf, includesOf, Shower, storeGuid } from './server-show.ts'

/** `GET /Certificates/{id}`: whether there is a key is told here without being asked. */
export async function getCertificate(desk: Desk): Promise<Answer> {
  const { served, row } = await certificateOfPath(desk)
  const shower = new Shower(desk, { ...includesOf(desk), hasPrivateKey: true })
  return ok(await shower.single(served, row))
}

/** `GET /Certificates/Locations/{id}` */
export async function locations(desk: Desk): Promise<Answer> {
  const { served, row } = await certificateOfPath(desk)
  const place = {
    StoreId: storeGuid(served),
    StoreTypeId: 0,
    ClientMachine: hostOf(desk),
    StorePath: served.name,
    AgentPool: null,
    Alias: typeof row['name'] === 'string' ? row['name'] : row.id,
    IPAddress: null,
    Port: null,
    NetworkName: null,
  }
  return ok({ Details: [{ StoreType: 'certman', StoreTypeId: 0, StoreCount: 1, Locations: [place] }] })
}

/** `GET /Certificates/{id}/Validate`: each check with `Pass` or `Fail`. */
export async function validate(desk: Desk): Promise<Answer> {
  const { served, row } = await certificateOfPath(desk)
  const now = desk.house.ambient.now()
  const leaf = await served.store.certificate(row.id)
  const chain = [leaf, ...(await served.store.issuersOf(row.id))]
  const isComplete = isSelfSigned(chain.at(-1)!)
  const isSigned = chain.every(
    (each, index) => index + 1 === chain.length || chooseIssuer(each, [chain[index + 1]!]) !== undefined,
  )
  const inTime = chain.every(
    ({ facts }) => now >= new Date(facts.notBefore) && now <= new Date(facts.notAfter),
  )
  const isRevoked = chain.some(({ record }) => record.revocation !== undefined)
  const results = {
    NotTimeValid: inTime,
    NotTimeNested: inTime,
    Revoked: !isRevoked,
    NotSignatureValid: isSigned,
    PartialChain: isComplete,
  }
  const shown = Object.entries(results).map(([name, passes]) => [name, passes ? 'Pass' : 'Fail'])
  return ok({
    Valid: Object.values(results).every(Boolean),
    Results: Object.fromEntries(shown) as JsonObject,
  })
}

/** `GET /Certificates/{id}/Security` */
export async function security(desk: Desk): Promise<Answer> {
  const { served } = await certificateOfPath(desk)
  return ok({ Roles: [{ Name: desk.access.user.role, Permissions: [...served.claims] }] })
}

/** `GET /Certificates/IdentityAudit/{id}`, versions 1 and 2: of the caller alone; who else there is is not told. */
export async function identityAudit(desk: Desk): Promise<Answer> {
  const { served } = await certificateOfPath(desk)
  const { user } = desk.access
  const permissions = served.claims.map((claim) => ({ Name: claim, GrantedBy: [user.role] }))
  if (!isSecondVersion(desk.call))
    return ok([
      { Id: user.number, AccountName: user.name, IdentityType: 'User', SID: '', Permissions: permissions },
    ])
  const { name } = desk.house.product
  const identity = {
    Id: user.number,
    Description: user.name,
    ClaimType: 'User',
    ClaimValue: user.name,
    Provider: { Id: guidOf(`provider ${name}`), Name: name },
  }
  return ok([{ Identity: identity, Permissions: permissions }])
}

/** `POST /Certificates/Analyze`: what a file holds, without taking it in. */
export async function analyze(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const bytes = certificateBytes(requiredText(body, 'Certificate'))
  const items = await itemsOf(bytes, optional(body, 'Password', 'string'))
  const shown = items.flatMap((item) => {
    if (item.type !== 'certificate') return []
    const facts = knownFacts(item.der)
    return [
      {
        IssuedDN: facts.subject,
        IssuerDN: facts.issuer,
        Thumbprint: facts.thumbprint,
        NotAfter: facts.notAfter,
        NotBefore: facts.notBefore,
        Metadata: {},
        IsEndEntity: facts.basicConstraints?.ca !== true,
      },
    ]
  })
  return ok(shown)
}

/** `POST /Enrollment/CSR/Parse`: what a request asks for, one text each. */
export async function parseCsr(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const facts = describeCsr(await csrOf(requiredText(body, 'CSR')))
  const { type, size, curve } = facts.publicKey
  return ok([
    `Subject: ${facts.subject}`,
    `Key: ${type} ${String(size ?? curve ?? '')}`.trim(),
    ...(facts.subjectAltName ?? []).map((name) => `SAN: ${name.type}=${name.value}`),
  ])
}
