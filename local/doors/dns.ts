/**
 * The resolver of a VPC as far as a guest needs it. An own 60 lines and no package: dns-packet knows every record
 * type there is, in 1600 lines and with a dependency; this answers one question at a time with at most one record.
 * https://www.rfc-editor.org/rfc/rfc1035#section-4
 */
export interface Zone {
  /** Names of the guest itself, in lower case. */
  readonly own: readonly string[]
  readonly privateIp: string
  /** Where every name of AWS leads. */
  readonly endpoint: string
}

const type = { A: 1, PTR: 12, ANY: 255 } as const
const code = { ok: 0, formatError: 1, noSuchName: 3, notImplemented: 4, refused: 5 } as const
const classInternet = 1
const headerBytes = 12
const ttl = 60

interface Question {
  readonly name: string
  readonly type: number
  readonly class: number
  readonly end: number
}

/** Names in questions are never compressed; undefined: not readable. */
const parseQuestion = (query: Buffer): Question | undefined => {
  const labels: string[] = []
  let at = headerBytes
  for (;;) {
    const length = query[at]
    if (length === undefined || length > 63 || at + 1 + length > query.length) return undefined
    at += 1
    if (length === 0) break
    labels.push(query.toString('latin1', at, at + length))
    at += length
  }
  if (at + 4 > query.length) return undefined
  const name = labels.join('.').toLowerCase()
  return { name, type: query.readUInt16BE(at), class: query.readUInt16BE(at + 2), end: at + 4 }
}

const packAddress = (address: string): Buffer => Buffer.from(address.split('.').map(Number))

const packName = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])

const reverseName = (address: string): string => `${address.split('.').reverse().join('.')}.in-addr.arpa`

/** Type and data of the record that a name has; undefined: there is no such name. */
const findRecord = (zone: Zone, name: string): { type: number; data: Buffer } | undefined => {
  if (name.endsWith('.amazonaws.com')) return { type: type.A, data: packAddress(zone.endpoint) }
  if (zone.own.includes(name)) return { type: type.A, data: packAddress(zone.privateIp) }
  const [first] = zone.own
  if (first !== undefined && name === reverseName(zone.privateIp))
    return { type: type.PTR, data: packName(first) }
  return undefined
}

const render = (query: Buffer, question: Question | undefined, rcode: number, record?: Buffer): Buffer => {
  const head = Buffer.alloc(headerBytes)
  query.copy(head, 0, 0, 2)
  // An answer, authoritative, recursion available; opcode and "recursion desired" as they came.
  head[2] = 0x84 | ((query[2] as number) & 0x79)
  head[3] = 0x80 | rcode
  head.writeUInt16BE(question === undefined ? 0 : 1, 4)
  head.writeUInt16BE(record === undefined ? 0 : 1, 6)
  return Buffer.concat([
    head,
    ...(question === undefined ? [] : [query.subarray(headerBytes, question.end)]),
    ...(record === undefined ? [] : [record]),
  ])
}

const renderRecord = (kind: number, data: Buffer): Buffer => {
  const head = Buffer.alloc(headerBytes)
  head.writeUInt16BE(0xc000 | headerBytes, 0) // the name of the question
  head.writeUInt16BE(kind, 2)
  head.writeUInt16BE(classInternet, 4)
  head.writeUInt32BE(ttl, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

/** undefined: nothing to answer, e.g. what already is an answer. */
export const answerDns = (zone: Zone, query: Buffer): Buffer | undefined => {
  if (query.length < headerBytes || ((query[2] as number) & 0x80) !== 0) return undefined
  if (((query[2] as number) & 0x78) !== 0) return render(query, undefined, code.notImplemented)
  const question = query.readUInt16BE(4) === 1 ? parseQuestion(query) : undefined
  if (question === undefined) return render(query, undefined, code.formatError)
  if (question.class !== classInternet) return render(query, question, code.refused)
  const found = findRecord(zone, question.name)
  if (found === undefined) return render(query, question, code.noSuchName)
  // The name is there, but not with this type: AAAA, and whatever else one may ask.
  if (question.type !== found.type && question.type !== type.ANY) return render(query, question, code.ok)
  return render(query, question, code.ok, renderRecord(found.type, found.data))
}
