import { textAt, textsIn } from '../tree.ts'
import { type Named, nameCall } from './service-names.ts'
import { type Command, commandsOf } from './shell-text.ts'
import type { ToolCall } from './transcript.ts'

/** A call of AWS that a tool call names. What a script or a program calls by itself, no text says. */
export interface NamedCall extends Named {
  readonly profile: string | undefined
}

/** Global options of the AWS CLI that take no value. https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html */
const bare = new Set([
  ...['--debug', '--no-verify-ssl', '--no-paginate', '--no-sign-request', '--no-cli-pager'],
  ...['--cli-auto-prompt', '--no-cli-auto-prompt', '--v2-debug'],
])

/** What may stand before the program that a command is about. */
const wrappers =
  /^(sudo|env|time|timeout|nohup|nice|exec|command|then|do|else|if|while|until|!|watch|xargs|\d+[smh]?|-.*)$/

/** These ask nobody, or nobody that CloudTrail knows. */
const local = new Set(['configure', 'help', 'history', 'login', 'logout'])

const isAws = (word: string): boolean => /^(?:\S*\/)?aws$/.test(word)

const parseAws = ({ words, settings }: Command): NamedCall | undefined => {
  let at = 0
  while (at < words.length && wrappers.test(words[at] ?? '')) at += 1
  if (!isAws(words[at] ?? '')) return undefined
  const rest: string[] = []
  let profile = settings.get('AWS_PROFILE') ?? settings.get('AWS_DEFAULT_PROFILE')
  for (at += 1; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const [option = '', value] = word.split(/=(.*)/s, 2)
    if (option === '--profile') profile = value ?? words[at + 1]
    if (/^\d*&?[<>]/.test(word)) continue
    if (!word.startsWith('-')) rest.push(word)
    else if (value === undefined && !bare.has(word) && rest.length < 2) at += 1
  }
  const [service, operation, path] = rest
  if (service === undefined || operation === undefined || local.has(service) || local.has(operation))
    return undefined
  if (operation === 'wait') return undefined
  return { ...nameCall(service, operation, path !== undefined), profile }
}

const callsOfText = (text: string, depth = 0): NamedCall[] =>
  commandsOf(text).flatMap((command) => {
    const call = parseAws(command)
    if (call !== undefined) return [call]
    // `bash -c '...'`: the text is the word after the letter.
    const at = command.words.findIndex((word) => /^-\w*c$/.test(word) || word === 'eval')
    const inner = at === -1 ? undefined : command.words[at + 1]
    return inner === undefined || depth > 2 ? [] : callsOfText(inner, depth + 1)
  })

/** A model may write a long program into one call; what comes after that is nothing a person reads. */
const longest = 200_000

/**
 * use_aws names service and operation (crates/chat-cli/src/cli/chat/tools/use_aws.rs of
 * https://github.com/aws/amazon-q-developer-cli); shells and call_aws of
 * https://github.com/awslabs/mcp/tree/main/src/aws-api-mcp-server hold command lines.
 */
export const namedCalls = ({ input }: Pick<ToolCall, 'input'>): readonly NamedCall[] => {
  const service = textAt(input, 'service_name')
  const operation = textAt(input, 'operation_name')
  if (service !== undefined && operation !== undefined)
    return [{ ...nameCall(service, operation), profile: textAt(input, 'profile_name') }]
  return ['command', 'cli_command'].flatMap((member) =>
    [...textsIn(input[member])].flatMap((text) => callsOfText(text.slice(0, longest))),
  )
}
