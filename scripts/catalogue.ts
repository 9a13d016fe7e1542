import type { Command } from './cli/command.ts'

/** Every npm script of the product. Loaded one by one, so that `--help` does not pay for Terraform. */
export const catalogue: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  'sandbox:up': () => import('./sandbox-up.ts'),
  'sandbox:down': () => import('./sandbox-down.ts'),
  'sandbox:list': () => import('./sandbox-list.ts'),
  'sandbox:status': () => import('./sandbox-status.ts'),
  'sandbox:plan': () => import('./sandbox-plan.ts'),
  'sandbox:sweep': () => import('./sandbox-sweep.ts'),
  'image:build': () => import('./image-build.ts'),
  'image:lock': () => import('./image-lock.ts'),
  'image:verify': () => import('./image-verify.ts'),
  'image:list': () => import('./image-list.ts'),
  'image:diff': () => import('./image-diff.ts'),
  'image:promote': () => import('./image-promote.ts'),
  'image:rollback': () => import('./image-rollback.ts'),
  'image:prune': () => import('./image-prune.ts'),
  setup: () => import('./setup.ts'),
  doctor: () => import('./doctor.ts'),
  'local:up': () => import('./local-up.ts'),
  'local:down': () => import('./local-down.ts'),
  'local:status': () => import('./local-status.ts'),
  'local:reset': () => import('./local-reset.ts'),
  'local:logs': () => import('./local-logs.ts'),
  'local:env': () => import('./local-env.ts'),
  docs: () => import('./docs.ts'),
  bench: () => import('./bench.ts'),
}
