import { type Tree, textAt } from '../tree.ts'
import { isSecretName } from './own-patterns.ts'
import { hidden } from './redact.ts'
import type { ToolCall } from './transcript.ts'

/** What a model notes about its own call is no part of it. */
const notes = new Set(['__tool_use_purpose', 'label', 'summary'])

/** What stands under a name such as MasterUserPassword is hidden whatever it looks like. */
const renderJson = (value: unknown): string =>
  JSON.stringify(value, (name, inner: unknown) => {
    if (notes.has(name)) return undefined
    return isSecretName(name) && (typeof inner === 'string' || typeof inner === 'number') ? hidden : inner
  })

/** https://github.com/aws/amazon-q-developer-cli/blob/main/crates/chat-cli/src/cli/chat/tools/use_aws.rs */
const renderUseAws = (service: string, operation: string, input: Tree): string => {
  const { parameters, region, profile_name: profile } = input
  const options = Object.entries({ profile, region }).flatMap(([name, value]) =>
    typeof value === 'string' ? [`--${name} ${value}`] : [],
  )
  const given = parameters === undefined || parameters === null ? [] : [renderJson(parameters)]
  return ['aws', service, operation, ...options, ...given].join(' ')
}

/** As a person would read it: a command line where there is one. */
export const inputText = ({ input }: Pick<ToolCall, 'input'>): string => {
  const [service, operation] = [textAt(input, 'service_name'), textAt(input, 'operation_name')]
  if (service !== undefined && operation !== undefined) return renderUseAws(service, operation, input)
  const command = textAt(input, 'command') ?? textAt(input, 'cli_command')
  const others = Object.keys(input).filter((name) => !notes.has(name))
  if (command !== undefined && others.length === 1) return command
  return others.length === 0 ? '' : renderJson(input)
}
