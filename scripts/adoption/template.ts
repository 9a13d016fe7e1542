import { type Document, isMap, parseDocument } from 'yaml'
import { UserError } from '../../config/user-error.ts'

/** Under Metadata of a resource: an update of DeletionPolicy alone may be none to CloudFormation. */
const mark = 'KiroSandboxAdopts'

export interface RetainPlan {
  /** Logical ids of what must outlive the stack. */
  readonly keep: readonly string[]
  /** Values that parameters of Systems Manager had when the stack was made, by name of the parameter. */
  readonly pins: Readonly<Record<string, string>>
}

const read = (text: string): Document => {
  const document = parseDocument(text, { logLevel: 'silent' })
  if (document.errors.length > 0 || !isMap(document.get('Resources')))
    throw new UserError('the template of the stack is not one that can be read', {
      hint: 'aws cloudformation get-template shows it; templates of macros and transforms cannot be adopted',
      cause: document.errors[0],
    })
  return document
}

/** YAML keeps its comments and tags, JSON stays JSON. */
const render = (document: Document, before: string): string =>
  before.trimStart().startsWith('{')
    ? JSON.stringify(document.toJS(), null, 2)
    : document.toString({ lineWidth: 0 })

const ssmType = /^AWS::SSM::Parameter::Value<(.+)>$/

/** Names of parameters whose value CloudFormation reads anew with every update, and so may change a machine. */
export const listMovingParameters = (text: string): string[] => {
  const parameters = read(text).get('Parameters')
  if (!isMap(parameters)) return []
  return parameters.items.flatMap(({ key, value }) =>
    isMap(value) && ssmType.test(String(value.get('Type'))) ? [String(key)] : [],
  )
}

/**
 * The same template, but what is named outlives the stack, and images stay what they are. UsePreviousValue keeps
 * the path of a parameter, not its value: any update would put a newer image, a new machine, in the place of this one.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/systems-manager-parameter-types.html
 */
export const planRetained = (text: string, { keep, pins }: RetainPlan): string => {
  const document = read(text)
  for (const id of keep) {
    document.setIn(['Resources', id, 'DeletionPolicy'], 'Retain')
    document.setIn(['Resources', id, 'UpdateReplacePolicy'], 'Retain')
    document.setIn(['Resources', id, 'Metadata', mark], 'yes')
  }
  return render(pin(document, pins), text)
}

/** The template as it was, but with images that stay what they are. */
export const planPinned = (text: string, pins: RetainPlan['pins']): string =>
  render(pin(read(text), pins), text)

const pin = (document: Document, pins: RetainPlan['pins']): Document => {
  for (const [name, value] of Object.entries(pins)) {
    const type = ssmType.exec(String(document.getIn(['Parameters', name, 'Type'])))?.[1]
    if (type === undefined) continue
    document.setIn(['Parameters', name, 'Type'], type)
    document.setIn(['Parameters', name, 'Default'], value)
  }
  return document
}

/** Whether the stack is already as planRetained would have it. */
export const isRetained = (text: string, keep: readonly string[]): boolean => {
  const document = read(text)
  return keep.every(
    (id) =>
      document.getIn(['Resources', id, 'DeletionPolicy']) === 'Retain' &&
      document.getIn(['Resources', id, 'Metadata', mark]) !== undefined,
  )
}
