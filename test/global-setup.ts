import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/**
 * `npm test` is the second thing a stranger types, so it brings what it needs: Terraform, its provider, moto and
 * the shell linters. On a terminal it asks before anything outside the checkout is installed.
 */
export default (): void => {
  const root = join(import.meta.dirname, '..')
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'launch.mjs'), 'setup'], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error(`npm run setup ended with exit code ${status}; its message stands above`)
}
