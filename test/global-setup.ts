import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/**
 * `npm test` is the second thing a stranger types, so it brings what it needs: Terraform, its provider, moto and
 * the shell linters. On a terminal it asks before anything outside the checkout is installed.
 */
export default (): void => {
  const root = join(import.meta.dirname, '..')
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'launch.mjs'), 'setup', '--base', '--json'],
    {
      // The base image of the guests is built here, once for all tests, and not under the clock of one of them.
      env: {
        ...process.env,
        // Tests reach for no registry, and expect one kind of machine.
        KIRO_SANDBOX_BASE_IMAGE: 'stand-in',
        KIRO_SANDBOX_BASE: process.env.KIRO_SANDBOX_BASE ?? join(root, '.state', 'base'),
      },
      stdio: ['inherit', 'pipe', 'inherit'],
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(`npm run setup ended with exit code ${status}; its message stands above`)
  // Tests that start the control plane themselves take the Python that setup found or made.
  process.env.KIRO_SANDBOX_PYTHON = (JSON.parse(stdout) as { python: string }).python
}
