import type { Row } from './row.ts'
import type { Role } from './subject.ts'

export interface Wanted {
  readonly writes: boolean
  readonly denied: boolean
  readonly role: Role | undefined
}

/** What services say when IAM says no: AccessDenied, Client.UnauthorizedOperation, ... */
const refusals = /AccessDenied|Unauthorized|NotAuthorized|Forbidden|AuthFailure|OptInRequired/

export const isDenied = ({ result }: Pick<Row, 'result'>): boolean => refusals.test(result)

export const isWanted = (row: Row, { writes, denied, role }: Wanted): boolean =>
  (!writes || row.writes) && (!denied || isDenied(row)) && (role === undefined || row.role === role)
