import type { ImagePlan } from '../../images/plan-build.ts'
import { provisionSteps, sealSteps } from '../../userdata/steps.ts'

export interface PlannedBuild {
  readonly decision: string
  readonly digest: string
  readonly name: string
  readonly lock: string
  readonly imageId: string | undefined
}

/** What `image:build` would do, for people. */
export const renderBuildPlan = (planned: PlannedBuild, { lock, payload }: ImagePlan): string => {
  const head = [
    `${planned.decision}: ${planned.name}${planned.imageId === undefined ? '' : ` (${planned.imageId})`}`,
    `  digest    ${planned.digest}`,
    `  lock      ${planned.lock}`,
    `  release   ${lock.releasever}, kernel ${lock.kernel}, ${lock.architecture}`,
    `  kiro-cli  ${lock.kiroCli.version}`,
    `  AWS CLI   ${lock.awsCli.version}`,
    `  packages  ${lock.packages.length}`,
    `  files     ${payload.length}`,
  ]
  if (planned.decision === 'reuse') return head.join('\n')
  const steps = [
    ...provisionSteps.map(({ name, about }) => `${name}: ${about}`),
    ...sealSteps.map(({ name, about }) => `${name}: ${about}`),
    'capture, verify on a fresh machine, publish',
  ]
  return [...head, ...steps.map((step) => `  - ${step}`)].join('\n')
}
