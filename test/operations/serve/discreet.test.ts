import { describe, expect, test } from 'vitest'
import { CertmanError, type ErrorCode } from '../../../src/base/errors.ts'
import { DIALECT_NAMES } from '../../../src/dialects/dialect.ts'
import { dialect } from '../../../src/dialects/index.ts'
import type { Call } from '../../../src/http/exchange.ts'
import { discreet, faultsTo } from '../../../src/operations/serve/discreet.ts'
import { discreetStore } from '../../../src/operations/serve/discreet-store.ts'
import { makeHouse } from '../../../src/operations/serve/house.ts'
import { emptyUserList, memoryUserBook } from '../../../src/settings/user-records.ts'
import type { Store } from '../../../src/store/store.ts'
import { frozenAmbient } from '../../support/ambient.ts'

const ambient = frozenAmbient()
const book = memoryUserBook(emptyUserList(ambient.random(16)))
const house = makeHouse({ book, places: [], ambient, version: '0' })
const call = { method: 'GET', path: '/x', header: () => undefined } as unknown as Call

describe('what callers learn of the machine', () => {
  const codes: readonly ErrorCode[] = ['settings.invalid', 'store.damaged', 'store.locked', 'store.full']

  test.each(DIALECT_NAMES)(
    'when the %s server meets a fault of a file then only the log says which',
    async (name) => {
      const lines: string[] = []
      const table = (await (await dialect(name)).server())(house)
      const { failed } = discreet(
        { dialect: name, table },
        faultsTo({ log: (line) => lines.push(line), verbose: false, ambient }),
      ).table
      for (const code of codes) {
        const error = new CertmanError(code, '/srv/pki/users.json: line 17 is not JSON')
        const { status, body, headers } = failed(error, call)
        expect(status).toBeGreaterThanOrEqual(500)
        expect(JSON.stringify([String(body), headers])).not.toContain('/srv/pki')
        failed(error, call)
      }
      expect(lines).toEqual(codes.map((code) => `${name}: ${code}: /srv/pki/users.json: line 17 is not JSON`))
    },
  )

  test.each(DIALECT_NAMES)(
    'when the folder of a store has gone then the %s server answers 503, and the log says which file',
    async (name) => {
      const lines: string[] = []
      const faults = faultsTo({ log: (line) => lines.push(line), verbose: false, ambient })
      const table = (await (await dialect(name)).server())(house)
      const { failed } = discreet({ dialect: name, table }, faults).table
      const gone = { code: 'ENOENT', syscall: 'stat', path: '/srv/pki/store.json' }
      const errors = [
        Object.assign(new Error('ENOENT: /srv/pki/store.json'), gone),
        new CertmanError('store.invalid', '/srv/pki is no store: it has no store.json'),
        new CertmanError('store.not-found', 'there is no store at /srv/pki'),
      ]
      for (const error of errors) {
        const store = discreetStore(
          { delete: () => Promise.reject(error) } as unknown as Store,
          'prod',
          faults,
        )
        const told = await store.delete([]).catch((thrown: unknown) => thrown)
        for (const each of [told, error]) {
          const { status, body, headers } = failed(each, call)
          expect(status).toBe(503)
          expect(JSON.stringify([String(body), headers])).not.toContain('/srv')
        }
      }
      const words = [
        'files cannot be used: ENOENT (stat /srv/pki/store.json)',
        'store.invalid: /srv/pki is no store: it has no store.json',
        'store.not-found: there is no store at /srv/pki',
      ]
      expect(lines).toEqual(words.flatMap((each) => [`prod: ${each}`, `${name}: ${each}`]))
    },
  )

  test.each(DIALECT_NAMES)(
    'when the %s server is asked for what is damaged again and again then the log says so once',
    async (name) => {
      const lines: string[] = []
      const faults = faultsTo({ log: (line) => lines.push(line), verbose: false, ambient })
      const table = (await (await dialect(name)).server())(house)
      const { failed } = discreet({ dialect: name, table }, faults).table
      const reject = (): Promise<never> => Promise.reject(new CertmanError('store.damaged', '/srv/7.pem is'))
      const store = discreetStore({ delete: reject } as unknown as Store, 'prod', faults)
      for (let times = 0; times < 2; times++) {
        const error = await store.delete([]).catch((thrown: unknown) => thrown)
        // the second is an answer about many, made of what failed with one
        const answers = [failed(error, call), failed(new Error('one of many', { cause: error }), call)]
        expect(answers.map(({ status }) => status)).toEqual([500, 500])
      }
      expect(lines).toEqual(['prod: store.damaged: /srv/7.pem is'])
    },
  )

  test.each(DIALECT_NAMES)(
    'when the %s server has a fault of its own then no answer has its words or its place, and the log has what was asked for',
    async (name) => {
      const table = (await (await dialect(name)).server())(house)
      const fault = new TypeError('secret of /srv/pki', { cause: new RangeError('deeper') })
      const said = (verbose: boolean): readonly string[] => {
        const lines: string[] = []
        const faults = faultsTo({ log: (line) => lines.push(line), verbose, ambient })
        const { status, body, headers } = discreet({ dialect: name, table }, faults).table.failed(fault, call)
        expect(status).toBe(500)
        expect(JSON.stringify([String(body), headers])).not.toMatch(/secret|deeper|TypeError|discreet\.test/)
        return lines
      }
      expect(said(false)).toEqual([`${name}: internal fault (TypeError); --verbose tells the place`])
      const whole = said(true).join('\n')
      for (const part of ['TypeError: secret', 'RangeError: deeper', 'discreet.test.ts'])
        expect(whole).toContain(part)
    },
  )

  test('when a refusal is about the request then it is told as it is', async () => {
    const table = (await (await dialect('keyfactor')).server())(house)
    const { failed } = discreet({ dialect: 'keyfactor', table }, () => undefined).table
    expect(String(failed(new CertmanError('input.invalid', 'no such month'), call).body)).toContain(
      'o such month',
    )
  })
})

describe('the log of faults', () => {
  const told = (): { lines: string[]; meet: (words: string, at: number) => void } => {
    const lines: string[] = []
    let now = 0
    const log = (line: string): void => void lines.push(line)
    const faults = faultsTo({ log, verbose: false, ambient: { now: () => new Date(now) } })
    const meet = (words: string, at: number): void => {
      now = at
      faults('iis', new CertmanError('store.damaged', words))
    }
    return { lines, meet }
  }

  test('when two faults take turns then each is told once a minute', () => {
    const { lines, meet } = told()
    for (let at = 0; at < 120_000; at += 1000) meet(at % 2000 === 0 ? 'one' : 'other', at)
    const both = ['iis: store.damaged: one', 'iis: store.damaged: other']
    expect(lines).toEqual([...both, ...both])
  })

  test('when every fault is another one then the log says so once instead of all of them', () => {
    const { lines, meet } = told()
    for (let count = 0; count < 1000; count++) meet(`record ${count}`, count)
    expect(lines).toHaveLength(51)
    expect(lines.at(-1)).toBe('more than 50 faults in a minute: the next are not told')
  })
})
