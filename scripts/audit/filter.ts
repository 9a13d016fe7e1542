import type { Row } from './row.ts'
import type { Role } from './subject.ts'

export interface Wanted {
  readonly writes: boolean
  readonly denied: boolean
  readonly role: Role | undefined
}

export const isWanted = (row: Row, { writes, denied, role }: Wanted): boolean =>
  (!writes || row.writes) && (!denied || row.denied) && (role === undefined || row.role === role)
