import type { IndexEntry, TrashEntry } from '../record-index.ts'
import { parseRecordText, revisionOf } from '../record-text.ts'
import type { NewRecord } from '../repository.ts'
import type { Files } from './files.ts'
import { Lately } from './lately.ts'
import { trashPath } from './paths.ts'
import type { Placement } from './placement.ts'
import { cannotRead, pathOfEntry, readText } from './reading.ts'
import { SegmentWindow } from './segment-window.ts'
import type { Staging } from './staging.ts'

/** A record's text and its revision. */
export interface LiveText {
  readonly text: string
  readonly revision: string
}

interface Place {
  readonly files: Files
  readonly staging: Staging
  readonly placement: Placement
}

/** The texts of records as a transaction sees them: what it wrote itself, else what lies in the store. */
export class LiveTexts {
  readonly #place: Place
  /** A verb reads a record and puts it again: nobody else writes meanwhile, so it is read from the disk once. */
  readonly #read = new Lately<LiveText>()
  readonly #window: SegmentWindow

  constructor(place: Place) {
    this.#place = place
    this.#window = new SegmentWindow(place.files)
  }

  /** @throws {CertmanError} `store.damaged` when the file is gone or cannot be read */
  of(entry: IndexEntry): LiveText {
    const { kind, place } = entry
    const { staging, placement } = this.#place
    const staged = place === 'loose' ? staging.text(pathOfEntry(entry)) : placement.text(kind, place)
    if (staged !== undefined) return { text: staged, revision: revisionOf(staged) }
    return this.#read.get(`${kind} ${entry.id} ${entry.revision}`, () => {
      const text = this.#fromDisk(entry)
      return { text, revision: revisionOf(text) }
    })
  }

  /** A record of the trash. @throws {CertmanError} `store.damaged` */
  trashed(entry: TrashEntry): NewRecord {
    const { kind, id } = entry
    const { files, staging } = this.#place
    const path = trashPath(kind, id)
    const name = files.absolute(path)
    try {
      const text = staging.text(path) ?? files.read(path).toString('utf8')
      const { fields, pem } = parseRecordText(text, name)
      return { kind, id, fields, ...(pem && { pem }) }
    } catch (error) {
      throw cannotRead({ ...entry, place: 'loose' }, name, error)
    }
  }

  #fromDisk(entry: IndexEntry): string {
    const { files } = this.#place
    try {
      const { kind, place } = entry
      return place === 'loose' ? readText(files, entry) : this.#window.read(kind, place)
    } catch (error) {
      throw cannotRead(entry, files.absolute(pathOfEntry(entry)), error)
    }
  }
}
