import { join } from 'node:path'
import type { Repository } from '../../../src/repository/repository.ts'
import { copyFolder } from '../../support/temporary.ts'
import {
  addCertificates,
  certificate,
  destroyCertificate,
  putAuthority,
  restoreCertificate,
  trashCertificate,
} from '../material.ts'
import { newStore, temporaryFolder } from './stores.ts'

/** Fills a store: loose records, a segment, something in the trash of each. */
async function prepareStore(repository: Repository): Promise<void> {
  await addCertificates(repository, 3, { tags: ['loose'] })
  await addCertificates(repository, 12, { tags: ['segment'] })
  for (const id of ['3', '14', '15']) await trashCertificate(repository, id)
  await putAuthority(repository, { number: '1', bytes: 'CRL 1' })
}

/** The store that every story starts from, in a folder, and what makes a copy of it and answers where that is. */
export async function preparedStore(): Promise<{ readonly base: string; readonly copy: () => string }> {
  const { path: base, repository } = await newStore()
  await prepareStore(repository)
  await repository.close()
  const copy = (): string => {
    const path = join(temporaryFolder(), 'pki')
    copyFolder(base, path)
    return path
  }
  return { base, copy }
}

/** Gives certificates other tags, in one transaction. */
export const edit = (
  repository: Repository,
  ids: readonly string[],
  tags: readonly string[] = ['edited'],
): Promise<void> =>
  repository.write(async (tx) => {
    for (const id of ids)
      await tx.put(certificate(id, { tags }), 'any', { action: 'edit', kind: 'certificate', id })
  })

/** One change of each kind, each a single transaction. */
export const STORIES: Readonly<Record<string, (repository: Repository) => Promise<unknown>>> = {
  'one new record': (repository) => addCertificates(repository, 1),
  'a few new records': (repository) => addCertificates(repository, 5),
  'many new records': (repository) => addCertificates(repository, 20),
  'an edit of a loose record': (repository) => edit(repository, ['1']),
  'an edit of a record in a segment': (repository) => edit(repository, ['5']),
  'edits of many records': (repository) =>
    edit(repository, ['1', '2', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13']),
  'a loose record removed': (repository) => trashCertificate(repository, '2'),
  'a record of a segment removed': (repository) => trashCertificate(repository, '7'),
  'a loose record restored': (repository) => restoreCertificate(repository, '3'),
  'a record of a segment restored': (repository) => restoreCertificate(repository, '14'),
  'a loose record destroyed': (repository) => destroyCertificate(repository, '3'),
  'a record of a segment destroyed': (repository) => destroyCertificate(repository, '15'),
  'the trash emptied': (repository) =>
    repository.write(async (tx) => {
      for (const { kind, id } of await tx.trashed())
        await tx.destroy(kind, id, { action: 'destroy', kind, id })
    }),
  'a new authority with its CRL': (repository) =>
    putAuthority(repository, { number: '1', bytes: 'CRL 1' }, '2'),
  'the next CRL': (repository) => putAuthority(repository, { number: '2', bytes: 'CRL 2, a longer one' }),
  'a change with so much to tell that the log is written first': (repository) =>
    repository.write(async (tx) => {
      const change = {
        action: 'edit',
        kind: 'certificate',
        id: '1',
        detail: { why: 'x'.repeat(70_000) },
      } as const
      await tx.put(certificate('1', { tags: ['edited'] }), 'any', change)
    }),
  'another name': (repository) => repository.write((tx) => tx.setHead({ name: 'other' })),
  'everything at once': (repository) =>
    repository.write(async (tx) => {
      const change = (action: string, id: string) => ({ action, kind: 'certificate', id }) as const
      for (let at = 0; at < 10; at++) {
        const id = await tx.nextId('certificate')
        await tx.put(certificate(id), 'absent', change('import', id))
      }
      await tx.put(certificate('1', { name: 'web' }), 'any', change('edit', '1'))
      await tx.remove('certificate', '5', 'any', change('delete', '5'))
      await tx.restore('certificate', '3', change('restore', '3'))
      await tx.setHead({ claims: ['read'] })
    }),
}
