import { CertmanError } from '../base/errors.ts'
import { type Dialect, DIALECT_NAMES, type DialectName } from './dialect.ts'

const LOADERS: Readonly<Record<DialectName, () => Promise<Dialect>>> = {
  iis: async () => (await import('./iis/dialect.ts')).iis,
  'azure-apim': async () => (await import('./azure-apim/dialect.ts')).azureApim,
  keyfactor: async () => (await import('./keyfactor/dialect.ts')).keyfactor,
  notary: async () => (await import('./notary/dialect.ts')).notary,
  d9tready: async () => (await import('./d9tready/dialect.ts')).d9tready,
}

/** Whether a word names a dialect. */
export const isDialectName = (name: string): name is DialectName =>
  (DIALECT_NAMES as readonly string[]).includes(name)

/**
 * What one vendor is; its client and server are loaded when they are asked for.
 *
 * @throws {CertmanError} `cli.usage` for a name that is none
 */
export async function dialect(name: string): Promise<Dialect> {
  if (isDialectName(name)) return LOADERS[name]()
  throw new CertmanError('cli.usage', `there is no kind of server ${JSON.stringify(name)}`, {
    hint: `the kinds are: ${DIALECT_NAMES.join(', ')}`,
    field: 'kind',
  })
}

/** All five, in the order of `DIALECT_NAMES`. */
export const dialects = (): Promise<readonly Dialect[]> =>
  Promise.all(DIALECT_NAMES.map((name) => dialect(name)))
