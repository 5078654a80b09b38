import { TurnLook } from '../../base/turn-look.ts'
import type { StoreHead } from '../repository.ts'
import type { FileFacts, Files } from './files.ts'
import { readHead } from './head.ts'
import { HEAD } from './paths.ts'

/** The head of a store, read again when its file is another one: every verb asks for it. */
export class KnownHead {
  readonly #files: Files
  readonly #facts = new TurnLook(() => this.#lookAtFacts())
  #known: { readonly facts: FileFacts; readonly head: StoreHead } | undefined

  constructor(files: Files) {
    this.#files = files
  }

  /** @throws {CertmanError} see `readHead` */
  read(): StoreHead {
    const facts = this.#facts.value
    if (this.#known && facts && isSame(facts, this.#known.facts)) return this.#known.head
    const { nextIds: _, ...head } = readHead(this.#files)
    // what was read may be newer than the facts: then it is read once more the next time
    this.#known = facts && { facts, head }
    return head
  }

  /** Nothing where the file cannot be looked at: reading it says why, in its own words. */
  #lookAtFacts(): FileFacts | undefined {
    try {
      return this.#files.facts(HEAD)
    } catch {
      return undefined
    }
  }

  /** After a change of one's own. */
  forget(): void {
    this.#facts.forget()
  }

  /** Another text for another file. */
  stamp(): string {
    const facts = this.#facts.value
    return facts ? `${facts.inode} ${facts.size} ${facts.changed}` : 'none'
  }
}

const isSame = (a: FileFacts, b: FileFacts): boolean =>
  a.inode === b.inode && a.size === b.size && a.changed === b.changed
