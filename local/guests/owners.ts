import { renderAwsError } from '../gateway/errors.ts'
import { notHere } from '../gateway/json-api.ts'
import type { Owner, Owners, Request } from '../gateway/owners.ts'
import type { Reply } from '../gateway/reply.ts'
import type { Guests } from './guests.ts'
import { deleteVolume } from './volumes.ts'

/** Calls after which machines, images or what guests see of themselves may have to change. */
const changing = [
  'ec2/RunInstances',
  'ec2/StartInstances',
  'ec2/StopInstances',
  'ec2/TerminateInstances',
  'ec2/CreateImage',
  'ec2/CopyImage',
  'ec2/DeregisterImage',
  'ec2/AttachVolume',
  'ec2/DetachVolume',
  'ec2/ModifyInstanceAttribute',
  'ec2/ModifyInstanceMetadataOptions',
  'ec2/ModifyNetworkInterfaceAttribute',
  'ec2/AssociateIamInstanceProfile',
  'ec2/DisassociateIamInstanceProfile',
  'ec2/ReplaceIamInstanceProfileAssociation',
  'ec2/CreateTags',
  'ec2/DeleteTags',
  'iam/AddRoleToInstanceProfile',
  'iam/RemoveRoleFromInstanceProfile',
  'cloudformation/CreateStack',
  'cloudformation/UpdateStack',
  'cloudformation/DeleteStack',
  'cloudformation/ExecuteChangeSet',
]

const done = ({ status }: Reply): boolean => status < 300

/** `InstanceId.1=i-…` and `InstanceId=i-…` */
export const parseIds = (body: string, name: string): string[] =>
  [...new URLSearchParams(body)].filter(([key]) => key.split('.')[0] === name).map(([, value]) => value)

const isDryRun = ({ incoming }: Request): boolean =>
  parseIds(incoming.body.toString(), 'DryRun').includes('true')

/** EC2 keeps the last 64 KiB. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html */
const consoleBytes = 65_536
const consoleLines = 2000

export const renderConsole = (instanceId: string, output: Buffer, time: Date, requestId: string): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    '<GetConsoleOutputResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">',
    `<requestId>${requestId}</requestId><instanceId>${instanceId}</instanceId>`,
    `<timestamp>${time.toISOString()}</timestamp><output>${output.toString('base64')}</output>`,
    '</GetConsoleOutputResponse>',
  ].join('')

/** moto says whether the instance exists and may be asked; what it says of its console is from 2006. */
const consoleOf =
  (guests: Guests): Owner =>
  async ({ incoming, forward }) => {
    const reply = await forward()
    const [instanceId = ''] = parseIds(incoming.body.toString(), 'InstanceId')
    if (!done(reply) || guests.engine === undefined) return reply
    const output = await guests.engine.console(instanceId, consoleLines).catch(() => Buffer.alloc(0))
    const text = renderConsole(instanceId, output.subarray(-consoleBytes), new Date(), incoming.id)
    return { status: 200, headers: [['content-type', 'text/xml;charset=UTF-8']], body: Buffer.from(text) }
  }

/** Around moto: it keeps the books, then the machines follow them. */
export const createGuestOwners = (guests: Guests): Owners => {
  const follow: Owner = async ({ forward }) => {
    // Asked while machines are being switched on: the books must not take this one for an entry without a machine.
    await guests.settled()
    const reply = await forward()
    if (done(reply)) void guests.look()
    return reply
  }
  const reboot: Owner = async (request) => {
    const reply = await request.forward()
    if (done(reply) && !isDryRun(request))
      for (const id of parseIds(request.incoming.body.toString(), 'InstanceId')) guests.fleet?.reboot(id)
    return reply
  }
  const dropVolume: Owner = async (request) => {
    const reply = await request.forward()
    if (done(reply) && !isDryRun(request))
      for (const id of parseIds(request.incoming.body.toString(), 'VolumeId')) deleteVolume(guests.place, id)
    return reply
  }
  return {
    ...Object.fromEntries(changing.map((name) => [name, follow])),
    'ec2/RebootInstances': reboot,
    'ec2/DeleteVolume': dropVolume,
    'ec2/GetConsoleOutput': consoleOf(guests),
  }
}

/** For operations that need machines, while there are none: moto would say that a command has run, which ran nowhere. */
export const onlyWithGuests = (guests: Guests, owners: Owners): Owners =>
  Object.fromEntries(
    Object.entries(owners).map(([name, owner]) => [
      name,
      async (request: Request) => {
        await guests.settled()
        const { call, incoming } = request
        const state = guests.status()
        if (state.kind === 'on') return owner(request)
        const why = state.kind === 'off' ? state.reason : 'they are being switched on'
        return renderAwsError(call, notHere(`${call.operation} needs machines: ${why}`).aws, incoming.id)
      },
    ]),
  )
