import type { ByteReader } from '../base/byte-reader.ts'
import { CertmanError } from '../base/errors.ts'

/** Codes of the Java Object Serialization Stream Protocol (section 6.4.2). */
const TC = {
  null: 0x70,
  reference: 0x71,
  classDesc: 0x72,
  object: 0x73,
  string: 0x74,
  array: 0x75,
  blockData: 0x77,
  endBlockData: 0x78,
  blockDataLong: 0x7a,
  longString: 0x7c,
} as const

const STREAM_MAGIC = 0xaced0005
const FIRST_HANDLE = 0x7e0000
/** classDescFlags. */
const SC_WRITE_METHOD = 0x01
const SC_SERIALIZABLE = 0x02
/** A sealed key has three levels. */
const MAX_DEPTH = 32

const tooDeep = (): CertmanError => new CertmanError('limit.exceeded', 'a Java object nested too deep')

/** Bytes of each primitive field type (section 6.4.2, `prim_typecode`). */
const PRIMITIVES: Readonly<Record<string, number>> = { B: 1, C: 2, D: 8, F: 4, I: 4, J: 8, S: 2, Z: 1 }

interface ClassDesc {
  readonly name: string
  readonly flags: number
  /** Type codes of the fields in order. */
  readonly fields: readonly string[]
  readonly parent: ClassDesc | undefined
}

/**
 * Steps over one serialized Java object: a JCEKS file holds its secret keys as such, and nothing but the object itself
 * says where it ends. Nothing is made of it.
 *
 * @param reader stands at the stream header
 * @throws {CertmanError} `der.malformed`, `format.unsupported` (classes that write themselves), `limit.exceeded`
 */
export const skipJavaObject = (reader: ByteReader): void => new ObjectWalker(reader).walk()

class ObjectWalker {
  readonly #reader: ByteReader
  #depth = 0
  /** What later references name, in order of appearance. */
  readonly #handles: (ClassDesc | undefined)[] = []

  constructor(reader: ByteReader) {
    this.#reader = reader
  }

  walk(): void {
    if (this.#reader.number(4) !== STREAM_MAGIC) throw this.#malformed('no object stream')
    this.#content()
  }

  #malformed(what: string): CertmanError {
    return this.#reader.malformed(`in a Java object, ${what}`)
  }

  #content(): void {
    if (++this.#depth > MAX_DEPTH) throw tooDeep()
    const code = this.#reader.number(1)
    if (code === TC.object) this.#object()
    else if (code === TC.array) this.#array()
    else if (code === TC.string || code === TC.longString) this.#string(code)
    else if (code === TC.blockData) this.#reader.counted(1)
    else if (code === TC.blockDataLong) this.#reader.counted(4)
    else if (code === TC.reference) this.#reader.take(4)
    else if (code !== TC.null) throw this.#malformed(`unknown type code ${code}`)
    this.#depth--
  }

  #string(code: number): void {
    this.#handles.push(undefined)
    if (code === TC.string) this.#reader.counted(2)
    else if (this.#reader.number(4) !== 0) throw this.#malformed('a text of more than 4 GiB')
    else this.#reader.counted(4)
  }

  #object(): void {
    const described = this.#classDesc()
    this.#handles.push(undefined)
    const lineage: ClassDesc[] = []
    for (let desc = described; desc !== undefined; desc = desc.parent) lineage.unshift(desc)
    if (lineage.length > MAX_DEPTH) throw tooDeep()
    for (const { flags, fields } of lineage) {
      if ((flags & SC_SERIALIZABLE) === 0)
        throw new CertmanError('format.unsupported', 'a Java object of a class that writes itself')
      for (const type of fields) this.#value(type)
      if ((flags & SC_WRITE_METHOD) !== 0) this.#annotation()
    }
  }

  #value(type: string): void {
    const size = PRIMITIVES[type]
    if (size === undefined) this.#content()
    else this.#reader.take(size)
  }

  #array(): void {
    const type = this.#classDesc()?.name[1]
    this.#handles.push(undefined)
    const count = this.#reader.number(4)
    if (type === undefined) throw this.#malformed('an array without a type')
    const size = PRIMITIVES[type]
    if (size !== undefined) this.#reader.take(count * size)
    else for (let i = 0; i < count; i++) this.#content()
  }

  #annotation(): void {
    while (this.#reader.rest[0] !== TC.endBlockData) this.#content()
    this.#reader.take(1)
  }

  #classDesc(): ClassDesc | undefined {
    const code = this.#reader.number(1)
    if (code === TC.null) return undefined
    if (code === TC.reference) return this.#referred()
    if (code !== TC.classDesc) throw this.#malformed('no class description')
    const name = Buffer.from(this.#reader.counted(2)).toString('latin1')
    this.#reader.take(8) // serialVersionUID
    const handle = this.#handles.push(undefined) - 1
    const flags = this.#reader.number(1)
    const fields: string[] = []
    for (let count = this.#reader.number(2); count > 0; count--) fields.push(this.#field())
    this.#annotation()
    if (++this.#depth > MAX_DEPTH) throw tooDeep()
    const described = { name, flags, fields, parent: this.#classDesc() }
    this.#depth--
    this.#handles[handle] = described
    return described
  }

  #referred(): ClassDesc {
    const found = this.#handles[this.#reader.number(4) - FIRST_HANDLE]
    if (found === undefined) throw this.#malformed('a reference to no class')
    return found
  }

  #field(): string {
    const type = String.fromCharCode(this.#reader.number(1))
    this.#reader.counted(2)
    if (type === '[' || type === 'L') this.#content() // name of the class
    return type
  }
}
