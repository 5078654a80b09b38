import { expect, test } from 'vitest'
import { fromBase64 } from '../../src/base/bytes.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { EVERYTHING, type Query } from '../../src/domain/filter.ts'
import type { IndexedRecord, Repository } from '../../src/repository/repository.ts'
import {
  addCertificate,
  addCertificates,
  certificate,
  certificateDer,
  attachmentText,
  destroyCertificate,
  putAuthority,
  restoreCertificate,
  trashCertificate,
  visibleState,
} from '../repository/material.ts'

const ids = async (repository: Repository, query: Query = EVERYTHING): Promise<string[]> => {
  const found: string[] = []
  for await (const { id } of repository.list('certificate', query)) found.push(id)
  return found
}
const idsOf = (found: readonly IndexedRecord[]): string[] => found.map(({ id }) => id)
const put = (
  repository: Repository,
  record: Parameters<typeof certificate>,
  expected: string,
): Promise<unknown> =>
  repository.write((tx) =>
    tx.put(certificate(...record), expected, { action: 'edit', kind: 'certificate', id: record[0] }),
  )
const rowOf = async (repository: Repository, id: string): Promise<JsonObject> =>
  (await repository.find('certificate', { by: 'id', id }))[0]!.row

// an SPKI made by openssl (P-256): the public key of every certificate of test/repository/material.ts
const SPKI =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVHUtNNYvBRevE/hnfw1Nia7zwuGTzC3It8/w6mlhpA76Vevqr' +
  'zUBDvsdQuu5vfDCVX2RWN9UAtGLGoPdPYpwyA=='

const cases: Record<string, (repository: Repository) => Promise<void>> = {
  'a new store lists nothing and gives the ids 1, 2, 3': async (repository) => {
    expect(await ids(repository)).toEqual([])
    expect(await addCertificates(repository, 3)).toEqual(['1', '2', '3'])
    expect(await ids(repository)).toEqual(['1', '2', '3'])
  },
  'a transaction finds what it has just put, by whatever it is asked': async (repository) => {
    await addCertificates(repository, 3)
    await repository.write(async (tx) => {
      const id = await addCertificate(tx, { name: 'web', authorityId: '7' })
      const [{ row }] = (await tx.find('certificate', { by: 'id', id })) as [IndexedRecord]
      const fingerprint = row['fingerprint'] as string
      const lookUps = [
        { by: 'name', name: 'web' },
        { by: 'serialNumber', serialNumber: row['serialNumber'] as string },
        { by: 'fingerprint', fingerprint },
        { by: 'hex', prefix: fingerprint.slice(0, 12) },
        { by: 'subject', subject: row['subject'] as string },
        { by: 'keyId', keyId: (row['publicKey'] as { spkiHash: string }).spkiHash },
      ] as const
      for (const lookUp of lookUps) {
        // found before anything else has asked for it
        const next = await addCertificate(tx, {})
        expect(idsOf(await tx.find('certificate', { by: 'id', id: next }))).toEqual([next])
        expect(idsOf(await tx.find('certificate', lookUp)), lookUp.by).toContain(id)
      }
      const last = await addCertificate(tx, {})
      expect(await tx.count('certificate', EVERYTHING)).toBe(Number(last))
      expect((await tx.read('certificate', last))?.id).toBe(last)
    })
    expect(await ids(repository)).toHaveLength(11)
  },
  'what waits to be put is forgotten when the transaction fails': async (repository) => {
    await addCertificates(repository, 1)
    const failing = repository.write(async (tx) => {
      for (let at = 0; at < 20; at++) await addCertificate(tx, { name: `n${at}` })
      throw new TypeError('no')
    })
    await expect(failing).rejects.toThrow('no')
    await addCertificates(repository, 1)
    expect(await repository.count('certificate', EVERYTHING)).toBe(2)
    expect(await repository.find('certificate', { by: 'name', name: 'n3' })).toEqual([])
  },
  'the revoked certificates of an authority come in the order of their numbers': async (repository) => {
    const revocation = { date: '2026-04-01T00:00:00Z', reason: 'superseded' }
    await repository.write(async (tx) => {
      for (let at = 1; at <= 12; at++)
        await addCertificate(tx, { authorityId: at === 5 ? '2' : '1', ...(at !== 3 && { revocation }) })
      const expected = ['1', '2', '4', '6', '7', '8', '9', '10', '11', '12']
      const found = await Promise.all(expected.map((id) => tx.find('certificate', { by: 'id', id })))
      const serials = [...(await tx.revoked('1'))].map(({ serialNumber }) => serialNumber)
      expect(serials).toEqual(found.map(([record]) => record!.row['serialNumber']))
    })
    const after = await repository.write(async (tx) => [...(await tx.revoked('2'))])
    const [{ row }] = (await repository.find('certificate', { by: 'id', id: '5' })) as [IndexedRecord]
    const facts = { serialNumber: row['serialNumber'], notAfter: row['notAfter'] }
    expect(after).toEqual([{ ...facts, revocation, extendedKeyUsage: null }])
  },
  'ids of each kind count on their own': async (repository) => {
    await addCertificates(repository, 2)
    expect(await repository.write((tx) => tx.nextId('request'))).toBe('1')
  },
  'more than nine records are listed in the order of their numbers': async (repository) => {
    await addCertificates(repository, 12)
    expect(await ids(repository)).toEqual(Array.from({ length: 12 }, (_, at) => String(at + 1)))
  },
  'limit and offset cut a window': async (repository) => {
    await addCertificates(repository, 12)
    expect(await ids(repository, { ...EVERYTHING, offset: 9, limit: 2 })).toEqual(['10', '11'])
    expect(await ids(repository, { ...EVERYTHING, offset: 20 })).toEqual([])
  },
  'a filter and a sort are honoured': async (repository) => {
    await addCertificates(repository, 3, { tags: ['Web'] })
    await addCertificates(repository, 1)
    const filter = {
      op: 'compare',
      field: 'tags',
      operator: '=',
      value: { type: 'text', value: 'web' },
    } as const
    expect(await ids(repository, { filter, sort: [{ field: 'serialNumber', descending: true }] })).toEqual([
      '3',
      '2',
      '1',
    ])
    expect(await repository.count('certificate', { filter })).toBe(3)
  },
  'what is put comes back byte for byte, with its id among the fields': async (repository) => {
    await put(repository, ['1', { name: 'ü\u202e-----BEGIN X-----\n', tags: ['a b'] }], 'absent')
    const stored = await repository.read('certificate', '1')
    expect(stored?.fields).toEqual({
      id: '1',
      name: 'ü\u202e-----BEGIN X-----\n',
      tags: ['a b'],
      exportable: true,
      importedAt: '2026-03-01T12:00:00Z',
    })
    expect(Buffer.from(stored!.pem!.der)).toEqual(Buffer.from(certificateDer(1)))
    expect(stored?.pem?.label).toBe('CERTIFICATE')
  },
  'rows hold fields and facts': async (repository) => {
    await put(repository, ['1', { name: 'web' }], 'absent')
    expect(await rowOf(repository, '1')).toMatchObject({
      id: '1',
      name: 'web',
      subject: 'O=Y,CN=x',
      tags: [],
    })
  },
  'reading what is not there answers undefined': async (repository) => {
    expect(await repository.read('certificate', '7')).toBeUndefined()
    expect(await repository.read('certificate', '../../store')).toBeUndefined()
    expect(await repository.read('key', 'abc')).toBeUndefined()
  },
  'creating twice is refused': async (repository) => {
    await put(repository, ['1'], 'absent')
    await expect(put(repository, ['1', {}, 2], 'absent')).rejects.toMatchObject({ code: 'record.changed' })
    expect((await repository.read('certificate', '1'))?.fields['id']).toBe('1')
  },
  'replacing needs the revision that was read': async (repository) => {
    await put(repository, ['1'], 'absent')
    const [before] = await repository.find('certificate', { by: 'id', id: '1' })
    await put(repository, ['1', { tags: ['x'] }], before!.revision)
    await expect(put(repository, ['1', { tags: ['y'] }], before!.revision)).rejects.toMatchObject({
      code: 'record.changed',
    })
    expect((await rowOf(repository, '1'))['tags']).toEqual(['x'])
  },
  'every change gives a new revision': async (repository) => {
    await put(repository, ['1'], 'absent')
    const first = await repository.read('certificate', '1')
    await put(repository, ['1', { tags: ['x'] }], 'any')
    const second = await repository.read('certificate', '1')
    expect(second?.revision).not.toBe(first?.revision)
  },
  'replacing a record that is not there is refused': async (repository) => {
    await expect(put(repository, ['1'], 'abc')).rejects.toMatchObject({ code: 'record.not-found' })
  },
  'a transaction that throws changes nothing': async (repository) => {
    await addCertificates(repository, 2)
    const before = await visibleState(repository)
    const failing = repository.write(async (tx) => {
      await addCertificate(tx)
      await tx.remove('certificate', '1', 'any', { action: 'delete', kind: 'certificate', id: '1' })
      throw new RangeError('on purpose')
    })
    await expect(failing).rejects.toThrow('on purpose')
    expect(await visibleState(repository)).toEqual(before)
    expect(await repository.check()).toEqual([])
  },
  'a transaction of many records that throws changes nothing': async (repository) => {
    await addCertificates(repository, 20)
    const failing = repository.write(async (tx) => {
      for (let at = 0; at < 30; at++) await addCertificate(tx)
      throw new RangeError('on purpose')
    })
    await expect(failing).rejects.toThrow('on purpose')
    expect(await repository.count('certificate', EVERYTHING)).toBe(20)
    expect(await repository.check()).toEqual([])
    expect(await addCertificates(repository, 1)).toEqual(['21'])
  },
  'a transaction sees its own changes, others do not until it ends': async (repository) => {
    await repository.write(async (tx) => {
      const id = await addCertificate(tx, { name: 'web' })
      expect(idsOf(await tx.find('certificate', { by: 'name', name: 'web' }))).toEqual([id])
      expect((await tx.read('certificate', id))?.fields['name']).toBe('web')
      expect(await tx.count('certificate', EVERYTHING)).toBe(1)
      expect(await repository.count('certificate', EVERYTHING)).toBe(0)
    })
    expect(await repository.count('certificate', EVERYTHING)).toBe(1)
  },
  'a transaction reads and changes what it just put, also among many': async (repository) => {
    await repository.write(async (tx) => {
      const made: string[] = []
      for (let at = 0; at < 30; at++) made.push(await addCertificate(tx))
      for (const id of made) {
        const stored = (await tx.read('certificate', id))!
        await tx.put({ ...stored, fields: { ...stored.fields, tags: ['again'] } }, stored.revision, {
          action: 'edit',
          kind: 'certificate',
          id,
        })
      }
      await tx.remove('certificate', '30', 'any', { action: 'delete', kind: 'certificate', id: '30' })
    })
    for (const id of ['1', '9', '29'])
      expect((await repository.read('certificate', id))?.fields['tags']).toEqual(['again'])
    expect(idsOf(await repository.trashed())).toEqual(['30'])
    expect(await repository.check()).toEqual([])
  },
  'writes wait for each other and none is lost': async (repository) => {
    const given = await Promise.all(Array.from({ length: 20 }, () => addCertificates(repository, 1)))
    expect(new Set(given.flat()).size).toBe(20)
    expect(await repository.count('certificate', EVERYTHING)).toBe(20)
  },
  'a record is found by id, name, serial number, fingerprint, key id and subject': async (repository) => {
    await addCertificates(repository, 10)
    await put(repository, ['11', { name: 'web' }], 'absent')
    const row = (await rowOf(repository, '11')) as Record<string, string> & JsonObject
    const find = async (lookUp: Parameters<Repository['find']>[1]): Promise<string[]> =>
      idsOf(await repository.find('certificate', lookUp))
    const keyId = (row['publicKey'] as unknown as { spkiHash: string }).spkiHash
    expect(await find({ by: 'id', id: '11' })).toEqual(['11'])
    expect(await find({ by: 'name', name: 'web' })).toEqual(['11'])
    expect(await find({ by: 'serialNumber', serialNumber: row['serialNumber']! })).toEqual(['11'])
    expect(await find({ by: 'fingerprint', fingerprint: row['fingerprint']! })).toEqual(['11'])
    expect(await find({ by: 'keyId', keyId })).toHaveLength(11)
    expect(await find({ by: 'subject', subject: 'O=Y,CN=x' })).toHaveLength(11)
    // as RFC 5280 section 7.1 compares names
    expect(await find({ by: 'subject', subject: 'O=y,CN=X\\ ' })).toHaveLength(11)
    expect(await find({ by: 'subject', subject: 'O=Y,CN=z' })).toEqual([])
    expect(await find({ by: 'name', name: 'WEB' })).toEqual([])
  },
  'a prefix of any length of thumbprint or fingerprint finds the record': async (repository) => {
    await addCertificates(repository, 10)
    const row = (await rowOf(repository, '7')) as Record<string, string> & JsonObject
    for (const hex of [row['thumbprint']!.toLowerCase(), row['fingerprint']!])
      for (const digits of [8, 9, 15, 39, hex.length])
        expect(
          idsOf(await repository.find('certificate', { by: 'hex', prefix: hex.slice(0, digits) })),
        ).toEqual(['7'])
    expect(await repository.find('certificate', { by: 'hex', prefix: '0000000000' })).toEqual([])
  },
  'look-ups answer at most 20 records': async (repository) => {
    await addCertificates(repository, 25)
    expect(await repository.find('certificate', { by: 'subject', subject: 'O=Y,CN=x' })).toHaveLength(20)
  },
  'a superseded certificate gives its name away': async (repository) => {
    await put(repository, ['1', { name: 'web', supersededBy: '2' }], 'absent')
    await put(repository, ['2', { name: 'web' }], 'absent')
    expect(idsOf(await repository.find('certificate', { by: 'name', name: 'web' }))).toEqual(['2'])
  },
  'what is removed lies in the trash, newest first, and is found nowhere else': async (repository) => {
    await addCertificates(repository, 3, { tags: ['t'] })
    await trashCertificate(repository, '1')
    await trashCertificate(repository, '3')
    expect(await ids(repository)).toEqual(['2'])
    expect(idsOf(await repository.trashed())).toEqual(['3', '1'])
    expect(idsOf(await repository.trashed('request'))).toEqual([])
    expect((await repository.trashed('certificate'))[0]?.row['tags']).toEqual(['t'])
    expect(await repository.read('certificate', '1')).toBeUndefined()
    expect(await repository.check()).toEqual([])
  },
  'what is restored is as it was': async (repository) => {
    await addCertificates(repository, 12, { friendlyName: 'web' })
    for (const id of ['2', '11']) {
      const before = await repository.read('certificate', id)
      await trashCertificate(repository, id)
      await restoreCertificate(repository, id)
      expect(await repository.read('certificate', id)).toEqual(before)
    }
    expect(await repository.trashed()).toEqual([])
    expect(await repository.check()).toEqual([])
  },
  'what is destroyed is gone, and its id is not given again': async (repository) => {
    await addCertificates(repository, 12)
    for (const id of ['12', '3']) {
      await trashCertificate(repository, id)
      await destroyCertificate(repository, id)
    }
    await expect(restoreCertificate(repository, '12')).rejects.toMatchObject({ code: 'record.not-found' })
    expect(await addCertificates(repository, 1)).toEqual(['13'])
    expect(await repository.check()).toEqual([])
    await repository.reindex()
    expect(await ids(repository)).toEqual(['1', '2', '4', '5', '6', '7', '8', '9', '10', '11', '13'])
  },
  'removing, restoring and destroying what is not there is refused': async (repository) => {
    await expect(trashCertificate(repository, '1')).rejects.toMatchObject({ code: 'record.not-found' })
    await expect(restoreCertificate(repository, '1')).rejects.toMatchObject({ code: 'record.not-found' })
    await expect(destroyCertificate(repository, '1')).rejects.toMatchObject({ code: 'record.not-found' })
  },
  'a private key is named by its public key, and may be removed and come back': async (repository) => {
    const keyId = '4be18cb0dc7a0d0c5c5bd4ab5ab3b4e2d0b2a4b1d6e7f8091a2b3c4d5e6f7081'
    const key = {
      kind: 'key',
      id: keyId,
      fields: { encrypted: false, publicKey: SPKI, importedAt: '2026-03-01T12:00:00Z' },
      pem: { label: 'PRIVATE KEY', der: fromBase64('MAA=') },
    } as const
    const change = { action: 'import', kind: 'key', id: keyId } as const
    await repository.write((tx) => tx.put(key, 'absent', change))
    expect((await repository.read('key', keyId))?.fields['publicKey']).toBe(SPKI)
    await repository.write((tx) => tx.remove('key', keyId, 'any', change))
    await repository.write((tx) => tx.put(key, 'absent', change))
    expect(idsOf(await repository.find('key', { by: 'hex', prefix: keyId.slice(0, 9) }))).toEqual([keyId])
    expect(idsOf(await repository.trashed('key'))).toEqual([keyId])
  },
  'kinds without bytes are kept as JSON': async (repository) => {
    const id = await repository.write(async (tx) => {
      const next = await tx.nextId('collection')
      const change = { action: 'create', kind: 'collection', id: next } as const
      await tx.put(
        { kind: 'collection', id: next, fields: { name: 'web', filter: 'san ~ web' } },
        'absent',
        change,
      )
      return next
    })
    expect((await repository.read('collection', id))?.fields).toEqual({
      id,
      name: 'web',
      filter: 'san ~ web',
    })
    expect((await repository.read('collection', id))?.pem).toBeUndefined()
  },
  'the bytes beside a record are its own, and go where it goes': async (repository) => {
    await putAuthority(repository, { number: '1', bytes: 'CRL 1' })
    await putAuthority(repository, { number: '9', bytes: 'other' }, '2')
    await putAuthority(repository, { number: '2', bytes: 'CRL 2' })
    expect(await attachmentText(repository)).toBe('CRL 2')
    const change = { action: 'edit', kind: 'authority', id: '1' } as const
    const edited = { kind: 'authority', id: '1', fields: { name: 'ca1', number: '2', tags: ['t'] } } as const
    await repository.write((tx) => tx.put(edited, 'any', change))
    expect(await attachmentText(repository)).toBe('CRL 2')
    await repository.write((tx) => tx.remove('authority', '1', 'any', change))
    expect(await attachmentText(repository)).toBeNull()
    await repository.write((tx) => tx.restore('authority', '1', change))
    expect(await attachmentText(repository)).toBe('CRL 2')
    await repository.write((tx) => tx.remove('authority', '1', 'any', change))
    await repository.write((tx) => tx.destroy('authority', '1', change))
    expect(await attachmentText(repository)).toBeNull()
    expect(await attachmentText(repository, '2')).toBe('other')
    expect(await repository.check()).toEqual([])
  },
  'when a transaction fails then the bytes beside a record stay as they were': async (repository) => {
    await putAuthority(repository, { number: '1', bytes: 'CRL 1' })
    const failing = repository.write(async (tx) => {
      const record = { kind: 'authority', id: '1', fields: {}, attachment: Buffer.from('CRL 2') } as const
      await tx.put(record, 'any', { action: 'crl', kind: 'authority', id: '1' })
      expect(Buffer.from((await tx.readAttachment('authority', '1'))!).toString()).toBe('CRL 2')
      throw new Error('stop')
    })
    await expect(failing).rejects.toThrow('stop')
    expect(await attachmentText(repository)).toBe('CRL 1')
  },
  'an id that is no id is refused': async (repository) => {
    for (const id of ['../x', '0', '01', '1e3', '', 'a'])
      await expect(put(repository, [id, {}, 1], 'absent')).rejects.toMatchObject({ code: 'input.invalid' })
  },
  'a put under a higher number moves the next id beyond it': async (repository) => {
    await put(repository, ['41'], 'absent')
    expect(await addCertificates(repository, 1)).toEqual(['42'])
  },
  'name and claims of the store can be changed': async (repository) => {
    await repository.write((tx) => tx.setHead({ name: 'other', claims: ['read'] }))
    expect(await repository.head()).toMatchObject({ format: 1, name: 'other', claims: ['read'] })
  },
  'a listing that is broken off does no harm to what follows': async (repository) => {
    await addCertificates(repository, 30)
    for await (const { id } of repository.list('certificate', EVERYTHING)) if (id === '2') break
    await addCertificates(repository, 1)
    expect(await repository.count('certificate', EVERYTHING)).toBe(31)
    expect((await ids(repository)).at(-1)).toBe('31')
  },
}

/** What every repository does; `open` gives a new, empty one. */
export function repositoryContract(name: string, open: () => Promise<Repository>): void {
  for (const [title, run] of Object.entries(cases))
    test(`${name}: ${title}`, async () => {
      expect.hasAssertions()
      const repository = await open()
      try {
        await run(repository)
      } finally {
        await repository.close()
      }
    })
}
