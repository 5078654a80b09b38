import { CertmanError } from '../../base/errors.ts'
import { UnfinishedChange } from '../repository.ts'
import { asStoreError, type Files } from './files.ts'

/** The commit stands, and the next command will finish it: nothing is lost, and nothing may be done twice. */
export const unfinished = (error: unknown, files: Files): unknown =>
  told(error, files, {
    what: 'the change is recorded but not finished',
    hint: 'correct the cause: the next command on this store finishes the change',
  })

/** A commit that failed and could not be taken back: it may have reached the disk whole. */
export const undecided = (error: unknown, files: Files): unknown =>
  told(error, files, {
    what: 'whether the change is recorded is not known',
    hint: 'correct the cause: the next command finishes the change or takes it back, then look whether it is there',
  })

function told(
  error: unknown,
  files: Files,
  { what, hint }: { readonly what: string; readonly hint: string },
): unknown {
  const known = asStoreError(error, files.absolute(''))
  if (!(known instanceof CertmanError)) return known
  return new UnfinishedChange(known.code, `${known.message}; ${what}`, { hint, cause: error })
}
