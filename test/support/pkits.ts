import { readFileSync } from 'node:fs'
import { inRepository } from './built.ts'

/** A file of `fixtures/pkits`. */
export const readPkits = (name: string): string =>
  readFileSync(inRepository(`fixtures/pkits/${name}`), 'utf8')

/** The DER of a PEM file of PKITS, by the name in front of each block. */
export function pkitsBlocks(name: string): ReadonlyMap<string, Uint8Array> {
  const blocks = readPkits(name).matchAll(/(\S+)\n-----BEGIN [^-]+-----([^-]+)-----END .*\n/g)
  return new Map(
    [...blocks].map(([, file = '', body = '']) => [file, new Uint8Array(Buffer.from(body, 'base64'))]),
  )
}

/** One row of `expected.txt`. */
export interface PkitsRow {
  readonly number: string
  readonly name: string
  readonly answer: string
  readonly asked: string
  readonly sets: string
}

/** What PKITS expects of each of its tests. */
export const pkitsRows = (): readonly PkitsRow[] =>
  readPkits('expected.txt')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [number = '', name = '', answer = '', asked = '', authority = '', user = ''] = line.split(/ {2,}/)
      return { number, name, answer, asked, sets: `${authority} ${user}` }
    })
