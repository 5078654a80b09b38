import { CertmanError, type ErrorCode } from '../../base/errors.ts'
import { RemoteStore } from '../../dialects/remote-store.ts'
import { withoutCall } from '../../http/origin.ts'
import type { Store } from '../../store/store.ts'
import type { Faults } from './discreet.ts'

/** Trouble between this server and the one behind it is none of the callers', whatever words it has. */
const TROUBLE: Partial<Record<ErrorCode, string>> = {
  'auth.failed': 'the server behind this one does not accept its credential',
  'auth.forbidden': 'the server behind this one does not permit it that',
  'remote.failed': 'the server behind this one has a fault or is busy',
  'remote.timeout': 'the server behind this one did not answer in time',
  'remote.tls': 'the server behind this one cannot be trusted',
  'remote.unexpected': 'the server behind this one gave an answer that is not understood',
  'remote.unreachable': 'the server behind this one cannot be reached',
}

type Told = (error: unknown) => unknown

/**
 * A store whose errors do not say where it lies. Those of a remote store name each call by its URL, and quote a server that
 * may name itself and the account it is used with. Those of a directory are left to `discreet`.
 *
 * @param name under which it is served, for the log
 * @param tell takes each error that callers are told in other words
 */
export function discreetStore(store: Store, name: string, tell: Faults): Store {
  if (!(store instanceof RemoteStore)) return store
  const told: Told = (error) => {
    const other = error instanceof CertmanError ? withoutPlace(error, store.whereabouts) : error
    // what is not there is no fault, and anybody can ask for it as often as they like
    if (other !== error && (error as CertmanError).code !== 'record.not-found') tell(name, error)
    return other
  }
  return new Proxy<Store>(store, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target)
      if (typeof value !== 'function') return value
      return (...given: unknown[]) => discreetly(value.apply(target, given), told)
    },
  })
}

/** The answer of a verb: verbs of remote stores throw when they are awaited or read, never at once. */
function discreetly(answer: unknown, told: Told): unknown {
  if (answer instanceof Promise)
    return answer.catch((error: unknown) => {
      throw told(error)
    })
  return isListing(answer) ? rowsOf(answer, told) : answer
}

const isListing = (answer: unknown): answer is AsyncIterable<unknown> =>
  typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer

async function* rowsOf(rows: AsyncIterable<unknown>, told: Told): AsyncIterable<unknown> {
  try {
    yield* rows
  } catch (error) {
    throw told(error)
  }
}

function withoutPlace(error: CertmanError, whereabouts: readonly string[]): CertmanError {
  const { code, field, message } = error
  const { path, rest } = withoutCall(message)
  const said =
    TROUBLE[code] ?? (names(rest, [...whereabouts, path]) ? 'the server behind this one refused it' : rest)
  if (said === message) return error
  return new CertmanError(code, said, { cause: error, ...(field !== undefined && { field }) })
}

/** Whether a text has a URL, or one of the parts as words of their own. */
const names = (text: string, parts: readonly string[]): boolean =>
  /https?:\/\//i.test(text) || parts.some((part) => part.length > 1 && asWords(part).test(text))

const asWords = (part: string): RegExp => new RegExp(`(?<!\\w)${part.replace(/\W/g, '\\$&')}(?!\\w)`, 'i')
