import type { ProvisionStep } from './payload.ts'

/** In order; each is idempotent. */
export const provisionSteps: readonly ProvisionStep[] = [
  { name: 'packages', script: 'provision/10-packages.sh', timeoutSeconds: 900, about: 'install packages' },
  { name: 'kiro-cli', script: 'provision/20-kiro-cli.sh', timeoutSeconds: 600, about: 'install kiro-cli' },
  { name: 'aws-cli', script: 'provision/30-aws-cli.sh', timeoutSeconds: 300, about: 'install the AWS CLI' },
  { name: 'swap', script: 'provision/40-swap.sh', timeoutSeconds: 300, about: 'make swap' },
  { name: 'user', script: 'provision/50-user.sh', timeoutSeconds: 60, about: 'make the sandbox user' },
  { name: 'files', script: 'provision/60-files.sh', timeoutSeconds: 60, about: 'put files in place' },
  {
    name: 'manifest',
    script: 'provision/80-manifest.sh',
    timeoutSeconds: 120,
    about: 'write down what was baked',
  },
]

/** After these the machine is good for nothing but being captured. */
export const sealSteps: readonly ProvisionStep[] = [
  {
    name: 'seal',
    script: 'provision/90-seal.sh',
    timeoutSeconds: 120,
    about: 'take away what is only this machine',
  },
]

/** Of the payload; runs on a machine that was booted from the image, whole and alone. */
export const verifyScript = 'provision/verify.sh'

/** On the image. */
export const manifestFile = '/etc/kiro-sandbox/manifest.json'
