import { about, type Row } from '../row.ts'
import { operatorEgress } from './operator-egress.ts'
import { operatorGround } from './operator-ground.ts'
import { operatorMachines } from './operator-machines.ts'
import { operatorNetwork } from './operator-network.ts'
import { operatorRoles } from './operator-roles.ts'
import { operatorState } from './operator-state.ts'

export const operatorRows: readonly Row[] = [
  ...about('operator', 'operator: aliases, commands', operatorGround),
  ...about('operator', 'operator: the state of Terraform', operatorState),
  ...about('operator', 'operator: the network', operatorNetwork),
  ...about('operator', 'operator: the way out of the network', operatorEgress),
  ...about('operator', 'operator: roles and policies', operatorRoles),
  ...about('operator', 'operator: machines and images', operatorMachines),
]
