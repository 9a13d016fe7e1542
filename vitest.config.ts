import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = import.meta.dirname

/**
 * `fast` needs nothing but Node; `real` starts the control plane, Terraform and the AWS CLI, one file at a time,
 * because two of them on two cores only slow each other down.
 */
export default defineConfig({
  test: {
    root,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    reporters: ['default', './test/count-reporter.ts'],
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    env: {
      KIRO_SANDBOX_ROOT: root,
      KIRO_SANDBOX_STATE: process.env.KIRO_SANDBOX_STATE ?? join(root, '.state'),
      KIRO_SANDBOX_BUNDLE: join(tmpdir(), 'kiro-sandbox-no-bundle'),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  },
})
