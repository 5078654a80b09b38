import { expect, test } from 'vitest'
import { CertmanError, ERRORS } from '../../src/base/errors.ts'
import { asStoreError } from '../../src/repository/directory/files.ts'

const systemError = (code: string): Error => Object.assign(new Error(code), { code })

test.each([
  ['EMFILE', 'cannot write to /pki: too many files are open', /ulimit -n \d+$/],
  ['ENFILE', 'cannot write to /pki: too many files are open', /raise its limit$/],
  ['EIO', 'cannot write to /pki: the disk or the network did not do it (EIO)', /log of the system$/],
  ['EACCES', 'cannot write to /pki: this user may not', /^check the permissions of the folder$/],
  ['EROFS', 'cannot write to /pki: the file system is read-only', /^check the permissions of the folder$/],
  ['EDQUOT', 'no room left on the disk of /pki', /^make room on the disk/],
  ['ENAMETOOLONG', 'cannot write to /pki: a name is too long', /./],
])('when a store is refused with %s then words and hint say so', (code, message, hint) => {
  const told = asStoreError(systemError(code), '/pki')
  expect(told).toMatchObject({ message, hint: expect.stringMatching(hint) as string })
})

test('when the system says what to do then that comes before the hint of the code, and after one that is given', () => {
  const cause = systemError('EMFILE')
  expect(new CertmanError('file.not-readable', 'no', { cause }).hint).toContain('ulimit -n')
  expect(new CertmanError('file.not-readable', 'no', { cause, hint: 'own' }).hint).toBe('own')
  const { hint } = ERRORS['file.not-readable']
  expect(new CertmanError('file.not-readable', 'no', { cause: systemError('EACCES') }).hint).toBe(hint)
})

test.each([
  ['name', 'name'],
  ['notAfter', 'notAfter'],
  ['not-after', 'notAfter'],
  ['parent-password-file', 'parentPasswordFile'],
  ['keyUsage.rsa-pss', 'keyUsage.rsa-pss'],
  ['X-Forwarded-For', 'X-Forwarded-For'],
])('when an error is about %s then its field is %s', (field, told) => {
  expect(new CertmanError('cli.usage', 'no', { field }).field).toBe(told)
})
