import type { Ambient } from '../../base/ambient.ts'
import type { Claim } from '../../domain/records.ts'
import type { Describe } from '../repository.ts'
import type { Files } from './files.ts'

/** How a directory store is opened. */
export interface OpenOptions {
  /** Brings it when a record is first written or understood: who lists from a fresh index starts without it. */
  readonly loadDescribe: () => Promise<Describe>
  readonly ambient: Ambient
  /** How long a write waits for other writers. */
  readonly lockTimeoutMs: number
  /** The verb, shown to those who wait for the lock. */
  readonly command: string
  /** Takes one line of talk: the index was rebuilt, files could not be read. */
  readonly onNotice?: (line: string) => void
  /** The file-system calls; tests hand in ones that fail. */
  readonly files?: (root: string) => Files
}

/** A new directory store. */
export interface InitOptions extends OpenOptions {
  readonly name: string
  readonly claims: readonly Claim[]
}
