const parse = (range: string): { first: number; size: number } => {
  const [address = '', bits = '32'] = range.split('/')
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - Number(bits))
  return { first: value - (value % size), size }
}

/** Whether an IPv4 range holds another one. */
export const covers = (outer: string, inner: string): boolean => {
  const [large, small] = [parse(outer), parse(inner)]
  return large.first <= small.first && small.first + small.size <= large.first + large.size
}
