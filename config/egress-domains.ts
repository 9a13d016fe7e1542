/**
 * Names that egress balanced resolves. `*.example.com` holds for everything below, not for example.com itself.
 * Kiro: its page on firewalls as of October 2026, gathered to whole domains where that page lists many of one; the
 * device flow of a Builder ID needs view.awsapps.com, which it leaves out
 * (https://github.com/docker/sbx-kits-contrib/pull/294).
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
