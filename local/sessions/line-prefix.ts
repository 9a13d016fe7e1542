/** Puts a word in front of each line of a stream that comes in pieces. */
export const createLinePrefix = (prefix: string): ((data: Buffer) => Buffer) => {
  if (prefix === '') return (data) => data
  let atStart = true
  return (data) => {
    const pieces: Buffer[] = []
    for (let from = 0; from < data.length; ) {
      const newline = data.indexOf(0x0a, from)
      const end = newline === -1 ? data.length : newline + 1
      if (atStart) pieces.push(Buffer.from(prefix))
      pieces.push(data.subarray(from, end))
      atStart = newline !== -1
      from = end
    }
    return Buffer.concat(pieces)
  }
}
