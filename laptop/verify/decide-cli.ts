import type { Finding } from '../../config/finding.ts'
import { printable } from '../../config/user-name.ts'
import { parseConfigureList, saysNotFound } from './configure-list.ts'
import type { CliFacts, LaptopFacts, Reply } from './facts.ts'

const setup = 'npm run laptop:setup'

/** Killed after its time, or dead of something it could not say. What it would have answered is not known. */
const isSilent = ({ exitCode, stderr }: Reply): boolean => exitCode !== 0 && stderr.trim() === ''

/** A profile most people have; the article's own example. */
export const stranger = 'prod-admin'

const decideProfiles = (cli: CliFacts, facts: LaptopFacts): readonly Finding[] => {
  const ours = facts.aws.profiles.map(({ name }) => name)
  const missing = ours.filter((name) => {
    const reply = cli.byProfile.get(name)
    return reply === undefined || saysNotFound(reply.stderr)
  })
  const seen = [
    ...(cli.profiles ?? []),
    ...[...cli.byProfile].filter(([, { stderr }]) => !saysNotFound(stderr)).map(([name]) => name),
  ]
  const strange = [...new Set(seen.filter((name) => !ours.includes(name)))]
  const what = 'profiles'
  const wrong = (says: string): Finding => ({ what, verdict: 'wrong', says, fix: setup })
  const found = [
    ...strange.map((name) => wrong(`aws --profile ${printable(name)} works for Kiro`)),
    ...missing.map((name) => wrong(`aws does not find the profile ${name}`)),
  ]
  if (found.length > 0) return found
  return [{ what, verdict: 'fine', says: `${ours.join(', ')} and no other; ${stranger} is not found` }]
}

const decideDefault = (cli: CliFacts, { aws }: LaptopFacts): Finding => {
  const what = 'default'
  const wanted = aws.profiles[0].name
  const { profile } = parseConfigureList(cli.asStarted.stdout)
  return profile === wanted
    ? { what, verdict: 'fine', says: `${wanted}, which only reads` }
    : {
        what,
        verdict: 'wrong',
        says: `Kiro starts with the profile ${profile ?? 'default'}, not ${wanted}`,
        fix: setup,
      }
}

/** Where keys came from that are not from Kiro's own login, and what to do about it. */
const causes: Readonly<Record<string, string>> = {
  env: 'from variables of the environment',
  'shared-credentials-file': 'from the credentials file',
  'config-file': 'from the configuration file',
  'custom-process': 'from a credential_process',
  'container-role': 'from an endpoint for containers',
  'iam-role': 'from the instance metadata service',
}

const listAsked = (cli: CliFacts): readonly (readonly [string, Reply])[] => [
  ['as Kiro starts', cli.asStarted],
  ['without AWS_PROFILE', cli.withoutProfile],
  ...[...cli.byProfile].map(([name, reply]) => [`with --profile ${printable(name)}`, reply] as const),
]

const decideSilence = (cli: CliFacts): readonly Finding[] => {
  const silent = listAsked(cli).filter(([, reply]) => isSilent(reply))
  if (silent.length === 0) return []
  const says = `did not answer, so this is not known: ${silent.map(([how]) => how).join(', ')}`
  return [{ what: 'AWS CLI', verdict: 'wrong', says, fix: 'npm run laptop:verify' }]
}

const decideSources = (cli: CliFacts): readonly Finding[] => {
  const asked = listAsked(cli)
  const found = asked.flatMap(([how, { stdout }]) => {
    const { source } = parseConfigureList(stdout)
    return source === undefined || source === 'sso' ? [] : [{ how, source }]
  })
  const what = 'credentials'
  if (found.length === 0)
    return [
      { what, verdict: 'fine', says: 'none for Kiro but those of its own login; none without a profile' },
    ]
  return [...new Set(found.map(({ source }) => source))].map((source) => {
    const hows = found.filter((one) => one.source === source).map(({ how }) => how)
    const says = `the AWS CLI finds keys ${causes[source] ?? `of kind ${printable(source)}`}, ${hows.join(', ')}`
    return {
      what,
      verdict: 'wrong',
      says,
      fix: `${setup}; the findings about files and variables say what else`,
    }
  })
}

/** What the real AWS CLI says in Kiro's place. */
export const decideCli = (facts: LaptopFacts): readonly Finding[] => {
  const { cli } = facts
  const what = 'AWS CLI'
  if (facts.environment === undefined) return []
  if (cli === undefined)
    return [
      {
        what,
        verdict: 'wrong',
        says: 'the launcher finds no aws, so nothing can be asked',
        fix: 'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
      },
    ]
  const old = cli.profiles === undefined
  const version: Finding = old
    ? {
        what,
        verdict: 'note',
        says: `${cli.version} cannot log in to IAM Identity Center`,
        fix: 'install version 2',
      }
    : { what, verdict: 'fine', says: cli.version }
  const silence = decideSilence(cli)
  if (silence.length > 0) return [version, ...silence]
  return [version, ...decideProfiles(cli, facts), decideDefault(cli, facts), ...decideSources(cli)]
}
