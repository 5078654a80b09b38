import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { inRepository } from '../support/built.ts'
import { certman } from '../support/command.ts'
import { treeDigest } from '../support/tree-digest.ts'
import { temporaryFolder } from '../support/temporary.ts'

const cwd = temporaryFolder('reindex')
beforeAll(async () => {
  await certman(['store', 'init', './pki'], { cwd })
  mkdirSync(join(cwd, 'pki/certificates'))
  copyFileSync(inRepository('fixtures/tls/leaf.pem'), join(cwd, 'pki/certificates/by-hand.pem'))
})

test('when reindex is only rehearsed then it names what it would adopt, and no file changes', async () => {
  const before = treeDigest(join(cwd, 'pki'))
  const { status, stdout } = await certman(['store', 'reindex', './pki', '--dry-run'], { cwd })
  expect(status).toBe(0)
  expect(stdout).toContain('by-hand.pem')
  expect(treeDigest(join(cwd, 'pki'))).toEqual(before)
})

test('when reindex runs then the file put there by hand becomes a certificate', async () => {
  await certman(['store', 'reindex', './pki'], { cwd })
  const { stdout } = await certman(['-s', './pki', '--json', 'list'], { cwd })
  expect(JSON.parse(stdout)).toMatchObject([{ subject: 'CN=localhost' }])
})

test("when a certificate of an authority of the store is put there by hand then it is that authority's", async () => {
  const run = async (...argv: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await certman(['-s', './own', ...argv], { cwd })
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('error')])
    return stdout
  }
  await certman(['store', 'init', './own'], { cwd })
  await run('ca', 'create', '--subject', 'CN=Root', '--name', 'root', '--no-password', '--insecure')
  await run('request', '--subject', 'CN=w', '--san', 'dns:w.example')
  await run('sign', '1', '--serial', '77')
  await run('export', '2', '--format', 'pem', '--out', 'w.pem')
  await run('delete', '2', '-y')
  await run('trash', 'empty', '-y')
  copyFileSync(join(cwd, 'w.pem'), join(cwd, 'own/certificates/w.pem'))
  expect((await certman(['store', 'reindex', './own'], { cwd })).stdout).toContain('adopted: 3')
  expect(JSON.parse(await run('--json', 'show', '3'))).toMatchObject({ subject: 'CN=w', authorityId: '1' })
})
