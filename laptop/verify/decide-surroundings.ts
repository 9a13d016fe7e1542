import type { Finding } from '../../config/finding.ts'
import type { Environment, LaptopFacts } from './facts.ts'

const setup = 'npm run laptop:setup'

/** The launcher sets these, and lets the last one through. */
const wantedEnvironment = ({ aws, place }: LaptopFacts): Environment => ({
  AWS_CONFIG_FILE: place.config,
  AWS_SHARED_CREDENTIALS_FILE: place.credentials,
  AWS_PROFILE: aws.profiles[0].name,
  AWS_EC2_METADATA_DISABLED: 'true',
})
const harmless = 'AWS_CA_BUNDLE'

/** Names only: a value could be a secret. */
const differences = (wanted: Environment, found: Environment): readonly string[] =>
  [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
    .filter((name) => name.startsWith('AWS_') && name !== harmless && wanted[name] !== found[name])
    .sort()

const decideEnvironment = (facts: LaptopFacts): readonly Finding[] => {
  const what = 'environment'
  const { environment, whole, place } = facts
  // That it is missing is a finding of its own.
  if (whole.some(({ wanted, found }) => wanted.path === place.launcher && found === undefined)) return []
  if (environment === undefined)
    return [{ what, verdict: 'wrong', says: 'the launcher kiro-aws does not start', fix: setup }]
  const wrong = differences(wantedEnvironment(facts), environment)
  if (wrong.length > 0)
    return [
      {
        what,
        verdict: 'wrong',
        says: `the launcher does not keep these right: ${wrong.join(', ')}`,
        fix: setup,
      },
    ]
  const says = 'no AWS_* of the terminal comes through; metadata service and containers are off'
  return [{ what, verdict: 'fine', says }]
}

const decideShells = (facts: LaptopFacts): readonly Finding[] => {
  const what = 'shells'
  if (facts.environment === undefined) return []
  const wanted = wantedEnvironment(facts)
  const found = facts.shells.flatMap(({ command, environment }): Finding[] => {
    if (environment === undefined)
      return [{ what, verdict: 'note', says: `${command} did not answer, so what it sets is not known` }]
    // What the launcher does wrong is a finding of its own.
    const own = differences(wanted, facts.environment ?? {})
    const changed = differences(wanted, environment).filter((name) => !own.includes(name))
    if (changed.length === 0) return []
    const says = `${command}, which Kiro runs commands with, sets ${changed.join(', ')}`
    const fix = 'take them out of what that shell reads at its start (BASH_ENV, ~/.zshenv, ~/.profile, ...)'
    return [{ what, verdict: 'wrong', says, fix }]
  })
  if (found.length > 0) return found
  return [
    { what, verdict: 'fine', says: `${facts.shells.map(({ command }) => command).join(', ')} add nothing` },
  ]
}

const fixOf = (file: string) => (file.startsWith('~/.aws/sso/') ? 'aws sso logout' : `rm '${file}'`)

const decideLogins = ({ logins }: LaptopFacts): readonly Finding[] => {
  const what = 'logins'
  const others = logins.filter(({ whose }) => whose === 'other')
  const own = logins.some(({ whose }) => whose === 'kiro')
  const wrong = others.map(
    ({ file, what: thing }): Finding => ({
      what,
      verdict: 'wrong',
      says: `${file} is ${thing}, and whatever runs as you can read it`,
      fix: fixOf(file).replace("'~/", "~/'"),
    }),
  )
  const fine: Finding = { what, verdict: 'fine', says: 'none of others lies in the caches of the AWS CLI' }
  const note: Finding = {
    what,
    verdict: 'note',
    says: 'the login to IAM Identity Center is yours: its token opens every permission set assigned to you, not only those of Kiro',
    fix: 'give Kiro a user of its own there, with no other assignment; kiro-aws login asks whom to log in',
  }
  return [...(wrong.length > 0 ? wrong : [fine]), ...(own ? [note] : [])]
}

const decideKiro = ({ kiroCli }: LaptopFacts): readonly Finding[] =>
  kiroCli
    ? []
    : [{ what: 'kiro-cli', verdict: 'note', says: 'not on PATH', fix: 'https://kiro.dev/docs/cli/' }]

/** Environment, shells, caches. */
export const decideSurroundings = (facts: LaptopFacts): readonly Finding[] => [
  ...decideEnvironment(facts),
  ...decideShells(facts),
  ...decideLogins(facts),
  ...decideKiro(facts),
]
