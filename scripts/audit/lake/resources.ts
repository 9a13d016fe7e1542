import { isTree, type Tree, treeAt } from '../tree.ts'

/** Names that event history finds in an event and lists beside it; a store has the record alone. */
const members =
  /^(roleName|policyName|policyArn|userName|groupName|bucketName|instanceId|documentName|logGroupName|stackName|keyId|functionName|tableName|topicArn|queueUrl|roleArn)$/
const ec2Id = /^[a-z]{1,6}-[0-9a-f]{8}(?:[0-9a-f]{9})?$/

function* namesIn(value: unknown, member = ''): Generator<string> {
  if (typeof value === 'string') {
    if (value !== '' && (members.test(member) || ec2Id.test(value))) yield value
  } else if (Array.isArray(value)) for (const one of value) yield* namesIn(one, member)
  else if (isTree(value)) for (const [name, inner] of Object.entries(value)) yield* namesIn(inner, name)
}

/** Of more than so many nobody reads the list. */
const most = 50

export const findResources = (record: Tree): readonly { readonly ResourceName: string }[] =>
  [
    ...new Set([
      ...namesIn(treeAt(record, 'requestParameters')),
      ...namesIn(treeAt(record, 'responseElements')),
    ]),
  ]
    .slice(0, most)
    .map((ResourceName) => ({ ResourceName }))
