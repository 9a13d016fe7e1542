/**
 * Names that egress balanced resolves. `*.example.com` holds for everything below, not for example.com itself.
 * Kiro: https://kiro.dev/docs/privacy-and-security/firewalls/ and, for the device flow of a Builder ID,
 * view.awsapps.com, which that page leaves out.
 */
export const egressDomains: Readonly<Record<'aws' | 'kiro' | 'packages', readonly string[]>> = {
  // Names of the machines of the VPC itself; also repositories of Amazon Linux, sign-in and all APIs.
  aws: [
    '*.amazonaws.com',
    '*.api.aws',
    '*.compute.internal',
    '*.ec2.internal',
    '*.signin.aws',
    '*.signin.aws.amazon.com',
    'signin.aws.amazon.com',
    '*.awsapps.com',
    'awscli.amazonaws.com',
  ],
  kiro: ['kiro.dev', '*.kiro.dev', '*.kiro.aws.dev', '*.shortbread.aws.dev'],
  packages: [
    'registry.npmjs.org',
    'www.npmjs.com',
    'nodejs.org',
    'github.com',
    '*.github.com',
    '*.githubusercontent.com',
    '*.githubassets.com',
    'ghcr.io',
  ],
}

/** All of them and the team's own, each once. */
export const planEgressDomains = (more: readonly string[]): string[] => [
  ...new Set([...Object.values(egressDomains).flat(), ...more]),
]
