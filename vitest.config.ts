import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import LongestFirst from './test/longest-first.ts'

const root = import.meta.dirname

/**
 * Half of the files start the control plane, Terraform and the AWS CLI. Most of their time is Terraform's own
 * waiting, so two of them fit beside each other on two cores; more would only queue.
 */
export default defineConfig({
  test: {
    root,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    reporters: ['default', './test/count-reporter.ts'],
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    poolOptions: { forks: { maxForks: 2, minForks: 1 } },
    // Limits end what hangs; they promise nothing. A machine that is five times slower stays within them.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000, interval: 50 } },
    env: {
      KIRO_SANDBOX_ROOT: root,
      KIRO_SANDBOX_STATE: process.env.KIRO_SANDBOX_STATE ?? join(root, '.state'),
      // Tests have state folders of their own; the base image of the guests is built once for all of them.
      KIRO_SANDBOX_BASE: process.env.KIRO_SANDBOX_BASE ?? join(root, '.state', 'base'),
      // No test reaches for a registry but the one that has one of its own.
      KIRO_SANDBOX_BASE_IMAGE: 'stand-in',
      KIRO_SANDBOX_BUNDLE: join(tmpdir(), 'kiro-sandbox-no-bundle'),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  },
})
