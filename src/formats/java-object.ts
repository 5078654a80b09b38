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
 * @param at offset of the stream header
 * @returns the offset after the object
 * @throws {CertmanError} `der.malformed`, `format.unsupported` (classes that write themselves), `limit.exceeded`
 */
export function skipJavaObject(bytes: Uint8Array, at: number): number {
  return new ObjectWalker(bytes, at).walk()
}

class ObjectWalker {
  readonly #view: DataView
  #at: number
  #depth = 0
  /** What later references name, in order of appearance. */
  readonly #handles: (ClassDesc | undefined)[] = []

  constructor(bytes: Uint8Array, at: number) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = at
  }

  walk(): number {
    if (this.#number(4) !== STREAM_MAGIC) throw this.#malformed('no object stream')
    this.#content()
    return this.#at
  }

  #malformed(what: string): CertmanError {
    return new CertmanError('der.malformed', `malformed Java object at byte ${this.#at}: ${what}`)
  }

  #skip(length: number): void {
    if (length > this.#view.byteLength - this.#at) throw this.#malformed(`${length} bytes announced`)
    this.#at += length
  }

  #number(length: 1 | 2 | 4): number {
    const at = this.#at
    this.#skip(length)
    if (length === 1) return this.#view.getUint8(at)
    return length === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at)
  }

  #text(): string {
    const length = this.#number(2)
    const start = this.#at
    this.#skip(length)
    return Buffer.from(this.#view.buffer, this.#view.byteOffset + start, length).toString('latin1')
  }

  #content(): void {
    if (++this.#depth > MAX_DEPTH) throw tooDeep()
    const code = this.#number(1)
    if (code === TC.object) this.#object()
    else if (code === TC.array) this.#array()
    else if (code === TC.string || code === TC.longString) this.#string(code)
    else if (code === TC.blockData) this.#skip(this.#number(1))
    else if (code === TC.blockDataLong) this.#skip(this.#number(4))
    else if (code === TC.reference) this.#skip(4)
    else if (code !== TC.null) throw this.#malformed(`unknown type code ${code}`)
    this.#depth--
  }

  #string(code: number): void {
    this.#handles.push(undefined)
    if (code === TC.string) return this.#skip(this.#number(2))
    if (this.#number(4) !== 0) throw this.#malformed('a text of more than 4 GiB')
    this.#skip(this.#number(4))
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
    else this.#skip(size)
  }

  #array(): void {
    const type = this.#classDesc()?.name[1]
    this.#handles.push(undefined)
    const count = this.#number(4)
    if (type === undefined) throw this.#malformed('an array without a type')
    const size = PRIMITIVES[type]
    if (size !== undefined) return this.#skip(count * size)
    for (let i = 0; i < count; i++) this.#content()
  }

  #annotation(): void {
    while (this.#at < this.#view.byteLength && this.#view.getUint8(this.#at) !== TC.endBlockData)
      this.#content()
    this.#skip(1)
  }

  #classDesc(): ClassDesc | undefined {
    const code = this.#number(1)
    if (code === TC.null) return undefined
    if (code === TC.reference) return this.#referred()
    if (code !== TC.classDesc) throw this.#malformed('no class description')
    const name = this.#text()
    this.#skip(8) // serialVersionUID
    const handle = this.#handles.push(undefined) - 1
    const flags = this.#number(1)
    const fields: string[] = []
    for (let count = this.#number(2); count > 0; count--) fields.push(this.#field())
    this.#annotation()
    if (++this.#depth > MAX_DEPTH) throw tooDeep()
    const described = { name, flags, fields, parent: this.#classDesc() }
    this.#depth--
    this.#handles[handle] = described
    return described
  }

  #referred(): ClassDesc {
    const found = this.#handles[this.#number(4) - FIRST_HANDLE]
    if (found === undefined) throw this.#malformed('a reference to no class')
    return found
  }

  #field(): string {
    const type = String.fromCharCode(this.#number(1))
    this.#text()
    if (type === '[' || type === 'L') this.#content() // name of the class
    return type
  }
}
