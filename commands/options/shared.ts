import { choice, flag } from '../declare.ts'
import { INPUT_FORMATS } from './formats.ts'

/** A name that is taken moves. */
export const REPLACE_OPTION = {
  replace: flag('take a name that is taken: the old certificate becomes superseded'),
} as const

/** What a file is, where it does not tell itself. */
export const IN_FORMAT_OPTION = {
  inFormat: choice(INPUT_FORMATS, 'with --file: what it is, where its content does not tell', {
    value: 'FORMAT',
    rare: true,
  }),
} as const
