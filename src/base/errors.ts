/** What a stable error code stands for: the exit status, the HTTP status of `serve`, and the next step. */
interface ErrorRow {
  readonly exit: number
  readonly http: number
  readonly hint: string
}

/**
 * The only table of its kind: every code that certman can report.
 * `docs/errors.md` lists exactly these (a test compares them). A thrown error may replace the hint by a closer one.
 */
export const ERRORS = {
  'cli.usage': { exit: 2, http: 400, hint: 'see the options: certman VERB --help' },
  'cli.declined': { exit: 1, http: 409, hint: 'nothing was changed' },
  'cli.needs-input': { exit: 2, http: 400, hint: 'nobody can be asked here: give the answer as a flag' },
  'password.required': {
    exit: 2,
    http: 400,
    hint: 'give it with --password-file, --password-env or --password-command',
  },
  'reference.ambiguous': { exit: 2, http: 409, hint: 'use the id, or more digits' },
  'filter.invalid': { exit: 2, http: 400, hint: 'the language is explained in: certman help filter' },
  'input.invalid': { exit: 3, http: 400, hint: 'correct the value and run the command again' },
  'input.empty': { exit: 3, http: 400, hint: 'check the file: certman show --file FILE' },
  'file.not-readable': { exit: 3, http: 400, hint: 'check the path and its permissions' },
  'file.is-directory': { exit: 3, http: 400, hint: 'name a file' },
  'der.malformed': {
    exit: 3,
    http: 400,
    hint: 'the file is damaged or no DER: fetch it again from where it came',
  },
  'pem.malformed': { exit: 3, http: 400, hint: 'the file is damaged: fetch it again from where it came' },
  'format.unknown': {
    exit: 3,
    http: 415,
    hint: 'certman reads PEM, DER, PKCS#7, PKCS#8, PKCS#12, Java keystores and OpenSSH keys',
  },
  'format.unsupported': { exit: 3, http: 415, hint: 'convert it with the tool that wrote it' },
  'password.wrong': { exit: 3, http: 400, hint: 'check the password; it is case-sensitive' },
  'limit.exceeded': { exit: 3, http: 413, hint: 'the input is far larger or deeper than any honest one' },
  'name.invalid': {
    exit: 3,
    http: 400,
    hint: 'a name has 1 to 256 characters and none of * # & + : < > ? /',
  },
  'file.not-found': { exit: 4, http: 404, hint: 'check the path' },
  'record.not-found': { exit: 4, http: 404, hint: 'see what is there: certman list --all' },
  'profile.not-found': { exit: 4, http: 404, hint: 'see the profiles: certman ca profile list' },
  'store.not-found': { exit: 4, http: 404, hint: 'see the stores: certman store list' },
  'name.taken': { exit: 5, http: 409, hint: 'take another name, or give --replace to supersede the old one' },
  'record.changed': { exit: 5, http: 409, hint: 'someone changed it meanwhile: look again and retry' },
  'claim.missing': { exit: 5, http: 403, hint: 'see what the store permits: certman store show' },
  'key.not-exportable': {
    exit: 5,
    http: 403,
    hint: 'it was imported with --not-exportable; the certificate alone can be exported',
  },
  'key.missing': { exit: 5, http: 409, hint: 'import the private key first: certman import KEYFILE' },
  'key.mismatch': { exit: 5, http: 409, hint: 'name the key that belongs to the certificate' },
  'file.exists': { exit: 5, http: 409, hint: 'give --force to overwrite it, or another --out' },
  'state.refused': { exit: 5, http: 409, hint: 'see its state: certman show REF' },
  'state.not-issued': { exit: 5, http: 409, hint: 'sign it first: certman sign REQUEST' },
  'state.already-issued': { exit: 5, http: 409, hint: 'see its certificate: certman show requests/ID' },
  'state.already-rejected': {
    exit: 5,
    http: 409,
    hint: 'make a new request: certman request --like requests/ID',
  },
  'state.already-revoked': { exit: 5, http: 409, hint: 'a revocation is final' },
  'state.already-on-hold': { exit: 5, http: 409, hint: 'release it, or revoke it for another reason' },
  'state.not-on-hold': { exit: 5, http: 409, hint: 'there is nothing to release' },
  'policy.refused': { exit: 5, http: 409, hint: 'the message names the rule' },
  'store.unsupported': { exit: 5, http: 501, hint: 'see what the store can do: certman store show' },
  'store.exists': { exit: 5, http: 409, hint: 'choose another folder or name' },
  'store.invalid': { exit: 6, http: 500, hint: 'make a store with: certman store init DIR' },
  'store.locked': { exit: 6, http: 503, hint: 'wait for the other certman, or raise --lock-timeout' },
  'store.damaged': { exit: 6, http: 500, hint: 'see everything that is wrong: certman store check' },
  'store.newer-format': { exit: 6, http: 500, hint: 'use the newer certman that wrote it' },
  'store.full': {
    exit: 6,
    http: 507,
    hint: 'make room on the disk, then run the command again; nothing was changed',
  },
  'store.not-writable': { exit: 6, http: 500, hint: 'check the permissions of the folder' },
  'settings.invalid': { exit: 6, http: 500, hint: 'correct the settings file, or remove it' },
  'file.not-writable': { exit: 6, http: 500, hint: 'check the folder and its permissions' },
  'remote.unreachable': { exit: 7, http: 502, hint: 'check the host name, the port and the network' },
  'remote.timeout': { exit: 7, http: 504, hint: 'try again, or raise --timeout' },
  'remote.unexpected': { exit: 7, http: 502, hint: 'the other side does not speak the expected protocol' },
  'remote.tls': {
    exit: 7,
    http: 502,
    hint: 'trust its CA with --ca-file, or pin its certificate with --pin: certman store add --help',
  },
  'remote.failed': {
    exit: 7,
    http: 502,
    hint: 'the fault is on the other side: see its log, or try again later',
  },
  'remote.refused': { exit: 5, http: 409, hint: 'the message is the answer of the other side' },
  'server.busy': { exit: 7, http: 503, hint: 'try again in a second' },
  'auth.failed': { exit: 8, http: 401, hint: 'check user and secret: certman store show' },
  'auth.forbidden': { exit: 8, http: 403, hint: 'ask whoever runs the server for the permission' },
  'batch.partial': { exit: 9, http: 207, hint: 'the messages above name each part that failed' },
  internal: {
    exit: 70,
    http: 500,
    hint: 'this is a fault of certman: run again with --verbose and report it',
  },
  interrupted: { exit: 130, http: 499, hint: 'nothing was changed' },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERRORS

/** The step is impossible in the state that a thing is in: `state.refused`, or the code of that very step. */
export type StateCode = Extract<ErrorCode, `state.${string}`>

/** What to do about refusals of the system that are no fault of the thing that the message names. */
const SYSTEM_HINTS: Readonly<Record<string, string>> = {
  EMFILE: 'this process may open no more files: allow it more with ulimit -n 4096',
  ENFILE: 'the whole system may open no more files: end other programs, or raise its limit',
  EIO: 'the disk or the network failed: see the log of the system',
}

/** Undefined where the system's refusal is about the thing itself. */
export const systemHint = (cause: unknown): string | undefined =>
  cause instanceof Error ? SYSTEM_HINTS[(cause as NodeJS.ErrnoException).code ?? ''] : undefined

/** What an error may carry besides its message. */
export interface CertmanErrorOptions extends ErrorOptions {
  /** A closer next step than the one of the table, or of a cause that the system names. */
  readonly hint?: string
  /** The JSON field or the flag that the message is about: a flag without its dashes, in either spelling. */
  readonly field?: string
}

/** `password-file` as JSON spells it; paths such as `keys.rsa-pss` stay. */
const jsonSpelling = (field: string): string =>
  /^[a-z]+(?:-[a-z]+)+$/.test(field)
    ? field.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
    : field

/**
 * The one error of the project: bad input, a broken world, a refusal. Misuse of an interface by our own
 * code is a `TypeError` instead and ends as `internal`.
 */
export class CertmanError extends Error {
  readonly code: ErrorCode
  readonly hint: string
  /** As JSON spells it. */
  readonly field: string | undefined

  /**
   * @param code a row of `ERRORS`
   * @param message what happened to which thing: lower case, no full stop, no secret
   */
  constructor(code: ErrorCode, message: string, options: CertmanErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CertmanError'
    this.code = code
    this.hint = options.hint ?? systemHint(options.cause) ?? ERRORS[code].hint
    this.field = options.field === undefined ? undefined : jsonSpelling(options.field)
  }
}

/** The same error in other words; its code, hint and field stay. */
export const reworded = (error: CertmanError, message: string, cause: unknown = error): CertmanError =>
  new CertmanError(error.code, message, {
    cause,
    hint: error.hint,
    ...(error.field !== undefined && { field: error.field }),
  })

/** What was thrown, as an error. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown))

/** Whether `error` is a `CertmanError`, of one of the given codes where some are named. */
export function isCertmanError(error: unknown, ...codes: readonly ErrorCode[]): error is CertmanError {
  return error instanceof CertmanError && (codes.length === 0 || codes.includes(error.code))
}

/** Whether `error` says that the state of something allows no such step, whichever code it has. */
export const isStateRefusal = (error: unknown): error is CertmanError =>
  error instanceof CertmanError && error.code.startsWith('state.')
