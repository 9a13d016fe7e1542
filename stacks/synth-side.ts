import type { AlertsSpec } from '../config/alerts-spec.ts'
import type { LaptopRolesSpec } from '../config/laptop-roles-spec.ts'
import { AlertsStack } from './alerts-stack.ts'
import { createApp, renderStack } from './app.ts'
import { LaptopRolesStack } from './laptop-roles-stack.ts'

// Apart from the stacks of sandboxes, so that `sandbox:up` does not load the resources that only these have.

export const renderLaptopRoles = (spec: LaptopRolesSpec): string =>
  renderStack(new LaptopRolesStack(createApp(), spec))

export const renderAlerts = (spec: AlertsSpec): string => renderStack(new AlertsStack(createApp(), spec))
