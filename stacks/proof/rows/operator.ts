import { about, type Row } from '../row.ts'
import { operatorGround } from './operator-ground.ts'
import { operatorMachines } from './operator-machines.ts'
import { operatorNetwork } from './operator-network.ts'
import { operatorRoles } from './operator-roles.ts'

export const operatorRows: readonly Row[] = [
  ...about('operator', 'operator: state, aliases, commands', operatorGround),
  ...about('operator', 'operator: the network', operatorNetwork),
  ...about('operator', 'operator: roles and policies', operatorRoles),
  ...about('operator', 'operator: machines and images', operatorMachines),
]
