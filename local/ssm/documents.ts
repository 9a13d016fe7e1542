import { createHash } from 'node:crypto'
import * as z from 'zod'
import { notHere, Refusal } from '../gateway/json-api.ts'
import { runShellScript } from './command.ts'

const parameters = {
  commands: {
    type: 'StringList',
    description: '(Required) Specify a shell script or a command to run.',
  },
  workingDirectory: {
    type: 'String',
    default: '',
    description: '(Optional) The path to the working directory on your instance.',
  },
  executionTimeout: {
    type: 'String',
    default: '3600',
    description: '(Optional) The time in seconds for a command to complete before it fails (5 to 172800).',
  },
} as const

/** What the document of AWS of this name says, in our words. */
const content = JSON.stringify({
  schemaVersion: '1.2',
  description: 'Run a shell script or specify the commands to run.',
  parameters,
  runtimeConfig: {
    'aws:runShellScript': {
      properties: [
        {
          id: '0.aws:runShellScript',
          runCommand: '{{ commands }}',
          workingDirectory: '{{ workingDirectory }}',
          timeoutSeconds: '{{ executionTimeout }}',
        },
      ],
    },
  },
})

/** A name, or an ARN of that name. */
export const isRunShellScript = (name: string): boolean =>
  name === runShellScript || /^arn:aws[\w-]*:ssm:[\w-]*:\d*:document\/AWS-RunShellScript$/.test(name)

export const refuseVersion = (version: string | undefined): void => {
  if (version !== undefined && !['$DEFAULT', '$LATEST', '1'].includes(version))
    throw new Refusal('InvalidDocumentVersion', 'The document version is not valid or does not exist.')
}

export const describeDocument = z.object({
  Name: z.string(),
  DocumentVersion: z.string().optional(),
  DocumentFormat: z.string().optional(),
})

/** Day on which AWS published it; nothing depends on it. */
const createdAt = Date.UTC(2017, 4, 4) / 1000

export const renderDescription = () => ({
  Document: {
    Hash: createHash('sha256').update(content).digest('hex'),
    HashType: 'Sha256',
    Name: runShellScript,
    Owner: 'Amazon',
    CreatedDate: createdAt,
    Status: 'Active',
    DocumentVersion: '1',
    Description: 'Run a shell script or specify the commands to run.',
    Parameters: Object.entries(parameters).map(([Name, { type, description, ...rest }]) => ({
      Name,
      Type: type,
      Description: description,
      ...('default' in rest ? { DefaultValue: rest.default } : {}),
    })),
    PlatformTypes: ['Linux', 'MacOS'],
    DocumentType: 'Command',
    SchemaVersion: '1.2',
    LatestVersion: '1',
    DefaultVersion: '1',
    DocumentFormat: 'JSON',
    Tags: [],
  },
})

export const renderDocument = (format: string | undefined) => {
  if (format !== undefined && format !== 'JSON') throw notHere(`GetDocument as ${format}`)
  return {
    Name: runShellScript,
    CreatedDate: createdAt,
    DocumentVersion: '1',
    Status: 'Active',
    Content: content,
    DocumentType: 'Command',
    DocumentFormat: 'JSON',
  }
}
