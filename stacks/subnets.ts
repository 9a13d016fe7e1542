/** Address ranges of the private subnets: equal parts of the VPC's range, room for 16 of them. */
export const planSubnets = (cidr: string, count: number): string[] => {
  const [address = '', bits = ''] = cidr.split('/')
  const base = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const subnetBits = Number(bits) + 4
  const size = 2 ** (32 - subnetBits)
  const network = base - (base % 2 ** (32 - Number(bits)))
  return Array.from({ length: count }, (_, index) => `${dotted(network + index * size)}/${subnetBits}`)
}

const dotted = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
