import type { SecretFlags } from '../context.ts'
import { type Given, present, text } from '../declare.ts'

/** The three sources of a password that is read. */
export const PASSWORD_OPTIONS = {
  passwordFile: text('FILE', 'read the password from a file, - for standard input', { completes: 'file' }),
  passwordEnv: text('NAME', 'take the password from this environment variable'),
  passwordCommand: text('CMD', 'run a command that prints the password'),
} as const

/** The sources as the context reads them; `CERTMAN_PASSWORD_FILE` stands in for `--password-file`. */
export function passwordFlags(
  given: Given<typeof PASSWORD_OPTIONS>,
  env: Readonly<Record<string, string | undefined>>,
): SecretFlags {
  const { passwordFile, passwordEnv, passwordCommand } = given
  const none = passwordEnv === undefined && passwordCommand === undefined
  const fallback = none ? env['CERTMAN_PASSWORD_FILE'] || undefined : undefined
  return present({ passwordFile: passwordFile ?? fallback, passwordEnv, passwordCommand })
}

/** The same three for the password that protects keys inside the store. `purpose` says what a verb does with it. */
export const keyPasswordOptions = (purpose: string) =>
  ({
    keyPasswordFile: text('FILE', `${purpose}, read from a file`, { completes: 'file' }),
    keyPasswordEnv: text('NAME', 'the same from an environment variable'),
    keyPasswordCommand: text('CMD', 'the same from a command'),
  }) as const

/** The key password's sources as the context reads them. */
export const keyPasswordFlags = (given: Given<ReturnType<typeof keyPasswordOptions>>): SecretFlags =>
  present({
    passwordFile: given.keyPasswordFile,
    passwordEnv: given.keyPasswordEnv,
    passwordCommand: given.keyPasswordCommand,
  })

/** The same three for the key of the parent, where one command opens two keys. */
export const PARENT_PASSWORD_OPTIONS = {
  parentPasswordFile: text('FILE', "password of the parent's key, read from a file", { completes: 'file' }),
  parentPasswordEnv: text('NAME', 'the same from an environment variable'),
  parentPasswordCommand: text('CMD', 'the same from a command'),
} as const

/** The sources of the parent's password as the context reads them. */
export const parentPasswordFlags = (given: Given<typeof PARENT_PASSWORD_OPTIONS>): SecretFlags =>
  present({
    passwordFile: given.parentPasswordFile,
    passwordEnv: given.parentPasswordEnv,
    passwordCommand: given.parentPasswordCommand,
  })
