import { CertmanError, type ErrorCode } from '../../base/errors.ts'
import { RemoteStore } from '../../dialects/remote-store.ts'
import { withoutCall } from '../../http/origin.ts'
import type { Store } from '../../store/store.ts'
import { type Faults, serverFault, withoutMachine } from './discreet.ts'

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
 * A store whose errors say nothing of this machine, nor of where it lies: those of a remote store name each call by its
 * URL, and quote a server that may name itself and the account it is used with. Here and not at the end of a request,
 * since answers about many records have the errors of some in them.
 *
 * @param name under which it is served, for the log
 * @param tell takes each error that callers are told in other words
 */
export function discreetStore(store: Store, name: string, tell: Faults): Store {
  const isRemote = store instanceof RemoteStore
  const told: Told = (error) => {
    const other = isRemote ? withoutPlace(error, store.whereabouts) : withoutMachine(error)
    // what is not there is no fault, and anybody can ask for it as often as they like
    if (other !== error && (error as CertmanError).code !== 'record.not-found') tell(name, error)
    return other
  }
  const broken = (error: unknown): never => {
    throw told(error)
  }
  const telling =
    (verb: Verb): Verb =>
    (...given) => {
      const answer = verb.apply(store, given)
      if (answer instanceof Promise) return answer.catch(broken)
      // a directory's listing may have its texts ready, and is passed on as it is: what breaks it ends the request
      return isRemote && isListing(answer) ? rowsOf(answer, told) : answer
    }
  const verbs = new Map<Verb, Verb>()
  return new Proxy<Store>(store, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target)
      if (typeof value !== 'function') return value
      let verb = verbs.get(value as Verb)
      if (!verb) verbs.set(value as Verb, (verb = telling(value as Verb)))
      return verb
    },
  })
}

type Verb = (...given: unknown[]) => unknown

const isListing = (answer: unknown): answer is AsyncIterable<unknown> =>
  typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer

async function* rowsOf(rows: AsyncIterable<unknown>, told: Told): AsyncIterable<unknown> {
  try {
    yield* rows
  } catch (error) {
    throw told(error)
  }
}

function withoutPlace(error: unknown, whereabouts: readonly string[]): unknown {
  if (!(error instanceof CertmanError)) return error
  if (isOwnTrouble(error)) return serverFault(error)
  const { code, field, message } = error
  const { path, rest } = withoutCall(message)
  const refusal = names(rest, [...whereabouts, path]) ? 'the server behind this one refused it' : rest
  const said = TROUBLE[code] ?? refusal
  return said === message
    ? error
    : new CertmanError(code, said, { cause: error, ...(field !== undefined && { field }) })
}

/** Settings that are wrong, or a credential that cannot be fetched from where they say it is. */
const isOwnTrouble = ({ code, field }: CertmanError): boolean =>
  /^(?:file|settings)\./.test(code) || code === 'password.required' || field?.startsWith('password-') === true

/** Whether a text has a URL, or one of the parts as words of their own. */
const names = (text: string, parts: readonly string[]): boolean =>
  /https?:\/\//i.test(text) || parts.some((part) => part.length > 1 && asWords(part).test(text))

const asWords = (part: string): RegExp => new RegExp(`(?<!\\w)${part.replace(/\W/g, '\\$&')}(?!\\w)`, 'i')
