/** Bits of an IPv4 or IPv6 address as one number, with their count; nothing for anything else. */
const parseAddress = (text: string): { readonly value: bigint; readonly bits: number } | undefined => {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const parts = text.split('.').map(Number)
    if (parts.some((part) => part > 255)) return undefined
    return { value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n), bits: 32 }
  }
  if (!/^[0-9a-f:]+$/i.test(text) || !text.includes(':')) return undefined
  const [head = '', tail, ...more] = text.split('::')
  const groups = (part: string) => part.split(':').filter((group) => group !== '')
  const missing = 8 - groups(head).length - groups(tail ?? '').length
  if (more.length > 0 || missing < 0 || (tail === undefined && missing !== 0)) return undefined
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail ?? '')]
  return { value: all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n), bits: 128 }
}

/** A range such as 10.0.0.0/8, or one address; the answer says whether an address lies in it. */
export const compileRange = (range: string): ((address: string) => boolean) => {
  const [address = '', length] = range.split('/')
  const network = parseAddress(address)
  if (network === undefined || (length !== undefined && !/^\d{1,3}$/.test(length))) return () => false
  const shift = BigInt(Math.max(0, network.bits - Number(length ?? network.bits)))
  return (text) => {
    const other = parseAddress(text)
    return other?.bits === network.bits && other.value >> shift === network.value >> shift
  }
}
