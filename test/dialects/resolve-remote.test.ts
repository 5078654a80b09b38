import { describe, expect, test } from 'vitest'
import { CertmanError } from '../../src/base/errors.ts'
import { listRows } from '../../src/dialects/listing.ts'
import { PageForRecord } from '../../src/dialects/reply-errors.ts'
import { resolveRemote } from '../../src/dialects/resolve-remote.ts'
import { parseReference } from '../../src/domain/reference.ts'
import type { ListedRecord } from '../../src/store/store.ts'

const now = new Date('2026-01-01T00:00:00Z')

const ROWS: readonly ListedRecord[] = [
  { id: '1', name: 'web', thumbprint: 'AABBCCDD00', fingerprint: '11223344aa', serialNumber: 'a1' },
  { id: '2', name: 'mail', thumbprint: 'AABBCCDD11', fingerprint: '11223344bb', serialNumber: 'a1' },
  { id: '3', name: 'aabbccdd', subject: 'CN=hex', thumbprint: '00', fingerprint: '00', serialNumber: 'b2' },
  { id: '4', name: 'Web', thumbprint: '01', fingerprint: '01', serialNumber: 'c3' },
]

/** A vendor without look-ups of its own; counts its listings. */
function vendor(rows: readonly ListedRecord[] = ROWS) {
  const listings = { count: 0 }
  return {
    listings,
    lookUps: {
      byId: async (id: string) => {
        if (id.includes(' ')) throw new CertmanError('record.not-found', 'no such id')
        return rows.find((row) => row.id === id)
      },
      rows: (filter: Parameters<Parameters<typeof resolveRemote>[1]['rows']>[0]) => {
        listings.count++
        const pages = (async function* () {
          yield rows
        })()
        return listRows(pages, { filter, sort: [] }, { kind: 'certificate', now })
      },
    },
  }
}

describe('a reference to a record of a server', () => {
  test.each([
    ['1', '1', 0],
    ['web', '1', 1],
    ['Web', '4', 1],
    ['aabbccdd00', '1', 1],
    ['AA:BB:CC:DD:11', '2', 1],
    ['11223344bb', '2', 1],
    ['serial:b2', '3', 1],
    ['serial:00:C3', '4', 1],
  ])('when it is %s then it names %s after %i listings at most', async (text, id, listings) => {
    const { lookUps, listings: made } = vendor()
    expect((await resolveRemote(parseReference(text), lookUps)).id).toBe(id)
    expect(made.count).toBe(listings)
  })

  test('when a name looks like a hash then the name wins', async () => {
    expect((await resolveRemote(parseReference('aabbccdd'), vendor().lookUps)).id).toBe('3')
  })

  test.each(['11223344', 'serial:a1'])('when %s fits several then all are listed', async (text) => {
    await expect(resolveRemote(parseReference(text), vendor().lookUps)).rejects.toMatchObject({
      code: 'reference.ambiguous',
      message: `${JSON.stringify(text)} fits several certificate records: 1 "web", 2 "mail"`,
    })
  })

  test.each(['nothing', 'no such', '1122', 'ffffffff'])('when %s fits none then it says so', async (text) => {
    await expect(resolveRemote(parseReference(text), vendor().lookUps)).rejects.toMatchObject({
      code: 'record.not-found',
      message: `no certificate ${JSON.stringify(text)}`,
      hint: 'see what is there: certman list --all',
    })
  })

  test('when a page stands for a record then the listing decides; where there is none the page is the error', async () => {
    const page = new PageForRecord('remote.unexpected', 'a page')
    const byId = async (): Promise<never> => {
      throw page
    }
    const { rows } = vendor().lookUps
    await expect(resolveRemote(parseReference('nothing'), { byId, rows })).rejects.toMatchObject({
      code: 'record.not-found',
    })
    await expect(resolveRemote(parseReference('nothing'), { byId, rows: () => undefined })).rejects.toBe(page)
  })

  test('when very many have the same name then not all are read', async () => {
    let read = 0
    const rows = async function* () {
      for (let id = 0; id < 1000; id++) {
        read++
        yield { id: `x${id}`, name: 'same' }
      }
    }
    await expect(
      resolveRemote(parseReference('same'), { byId: async () => undefined, rows }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/x9 "same", …$/) as string,
    })
    expect(read).toBe(11)
  })

  test('when the server refuses the look-up then that is the error', async () => {
    const byId = async (): Promise<never> => {
      throw new CertmanError('auth.forbidden', 'no')
    }
    await expect(resolveRemote(parseReference('1'), { ...vendor().lookUps, byId })).rejects.toMatchObject({
      code: 'auth.forbidden',
    })
  })
})
