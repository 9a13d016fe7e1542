import type { Row } from './row.ts'
import { elevatedEscalation } from './rows/elevated-escalation.ts'
import { elevatedGround } from './rows/elevated-ground.ts'
import { elevatedWindow } from './rows/elevated-window.ts'
import { engineerRows } from './rows/engineers.ts'
import { flowLogRows } from './rows/flow-logs.ts'
import { laptopRows } from './rows/laptop.ts'
import { machineRows } from './rows/machines.ts'
import { operatorRows } from './rows/operator.ts'
import { pushRows } from './rows/push.ts'
import { readonlyData } from './rows/readonly-data.ts'
import { readonlyLimits } from './rows/readonly-limits.ts'
import { readonlySecrets } from './rows/readonly-secrets.ts'
import { trustRows } from './rows/trust.ts'

/** Everything that is promised about who may do what, row by row. */
export const matrix: readonly Row[] = [
  ...trustRows,
  ...machineRows,
  ...flowLogRows,
  ...readonlySecrets,
  ...readonlyData,
  ...readonlyLimits,
  ...elevatedWindow,
  ...elevatedEscalation,
  ...elevatedGround,
  ...engineerRows,
  ...pushRows,
  ...operatorRows,
  ...laptopRows,
]
