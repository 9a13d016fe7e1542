import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateTagsCommand } from '@aws-sdk/client-ec2'
import { CreateDocumentCommand } from '@aws-sdk/client-ssm'
import { names, tag } from '../../config/names.ts'
import { renderSessionDocuments } from '../../stacks/session-documents.ts'
import { root } from '../local/control/fixture.ts'
import { type GuestRoom, openGuestRoom } from '../local/guests/fixture.ts'

const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8')

const installed = [
  ['local/artifacts/kiro-cli.py', '/usr/local/bin/kiro-cli'],
  ...['kiro-sandbox', 'kiro-sandbox-login'].map((name) => [
    `userdata/rootfs/usr/local/bin/${name}`,
    `/usr/local/bin/${name}`,
  ]),
  ...['chat.sh', 'agents.py'].map((name) => [
    `userdata/rootfs/usr/local/lib/kiro-sandbox/${name}`,
    `/usr/local/lib/kiro-sandbox/${name}`,
  ]),
] as const

/** The part of a golden image that a connection meets, put on a stock machine: baking one takes longer than all of this. */
const prepare = (): string =>
  [
    // Commands of Systems Manager leave what they write to root alone.
    'umask 022',
    `useradd -m -s /bin/bash ${names.sandboxUser}`,
    'mkdir -p /usr/local/lib/kiro-sandbox',
    ...installed.map(([from = '', to = '']) => {
      const text = read(from).replaceAll('@version@', '2.21.4')
      return `cat >${to} <<'END-OF-FILE'\n${text}\nEND-OF-FILE\nchmod 755 ${to}`
    }),
    `mkdir -p /home/${names.sandboxUser}/.kiro/agents`,
    `chown -R ${names.sandboxUser}: /home/${names.sandboxUser}`,
    // The agents are root's, as on the image.
    `for agent in readonly elevated; do echo '{}' >/home/${names.sandboxUser}/.kiro/agents/$agent.json; done`,
  ].join('\n')

export interface Sandbox {
  readonly room: GuestRoom
  readonly instanceId: string
  /** For commands of the product. */
  readonly env: NodeJS.ProcessEnv
  /** As root, on the machine. */
  run(script: string): Promise<string>
}

/** The sandbox of alice, as Terraform and a bake would have left it. */
export const openSandbox = async (): Promise<Sandbox> => {
  const room = await openGuestRoom()
  const { ec2, ssm } = room.clients
  const instanceId = await room.launch()
  const Tags = [
    { Key: tag.sandbox, Value: 'alice' },
    { Key: tag.owner, Value: 'alice' },
  ]
  await ec2.send(new CreateTagsCommand({ Resources: [instanceId], Tags }))
  const documents = renderSessionDocuments({ idleMinutes: 15, maxMinutes: 480, logRetentionDays: 30 })
  for (const [kind, Content] of Object.entries(documents)) {
    const Name = names.sessionDocuments[kind as keyof typeof documents]
    await ssm.send(new CreateDocumentCommand({ Name, Content, DocumentType: 'Session' }))
  }
  const { code, stderr } = await room.aws(
    'logs',
    'create-log-group',
    '--log-group-name',
    names.sessionLogGroup,
  )
  if (code !== 0) throw new Error(stderr)
  await room.online(instanceId)
  await room.output(instanceId, prepare())
  const { AWS_PROFILE: _profile, KIRO_SANDBOX_CONFIG: _config, ...inherited } = process.env
  return {
    ...{ room, instanceId },
    env: { ...inherited, KIRO_SANDBOX_STATE: room.room.paths.state, NO_COLOR: '1', TERM: 'xterm-256color' },
    run: (script) => room.output(instanceId, script),
  }
}
