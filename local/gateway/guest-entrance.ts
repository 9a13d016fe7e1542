import { answer, type Desk } from './answer.ts'
import { parseAwsHost } from './aws-host.ts'
import { classify } from './classify.ts'
import { parseCredential } from './credential.ts'
import { type AwsError, renderAwsError } from './errors.ts'
import { decideForeignToAws } from './guard.ts'
import { type Head, headerOf, type Incoming } from './incoming.ts'
import { createListener, type Gateway, type Listener } from './server.ts'

const hostOf = (incoming: Pick<Incoming, 'headers'>) => parseAwsHost(headerOf(incoming, 'host') ?? '')

export type GuestNetwork = NonNullable<Head['network']>

/** The address on the wire is that of the door. The guest calls from its own, as flow logs and CloudTrail show it. */
export const admitFromGuest = (head: Head, { privateIp, vpcId }: GuestNetwork): Head => {
  const bucket = hostOf(head)?.bucket
  const source = `${privateIp}:${head.source.split(':').at(-1)}`
  const network = { privateIp, vpcId }
  return bucket === undefined ? { ...head, source, network } : { ...head, source, network, bucket }
}

/** The endpoint of a region takes only what was signed for that region; so does AWS. */
export const decideWrongRegion = (incoming: Incoming): AwsError | undefined => {
  const credential = parseCredential(incoming)
  const region = hostOf(incoming)?.region
  if (credential === undefined || region === undefined || credential.region === region) return undefined
  return credential.service === 's3'
    ? {
        status: 400,
        code: 'AuthorizationHeaderMalformed',
        message: `The authorization header is malformed; the region '${credential.region}' is wrong; expecting '${region}'`,
      }
    : {
        status: 403,
        code: 'SignatureDoesNotMatch',
        message: `Credential should be scoped to a valid region, not '${credential.region}'.`,
      }
}

const answerGuest = async (desk: Desk, incoming: Incoming): ReturnType<typeof answer> => {
  const wrong = decideWrongRegion(incoming)
  if (wrong === undefined) return answer(desk, incoming)
  const call = classify(incoming, parseCredential(incoming))
  return { call, principal: undefined, reply: renderAwsError(call, wrong, incoming.id) }
}

/**
 * What listens inside a guest where on EC2 the endpoints of AWS are. A call there is treated as one at 127.0.0.1;
 * questions about the daemon are not for guests.
 */
export const createGuestListener = (gateway: Gateway, guest: GuestNetwork): Listener =>
  createListener(gateway, {
    decideForeign: decideForeignToAws,
    internal: false,
    keepsAwake: false,
    admit: (head) => admitFromGuest(head, guest),
    answer: answerGuest,
  })
