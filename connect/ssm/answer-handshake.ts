import {
  actionStatus,
  type HandshakeRequest,
  type HandshakeResponse,
  type KmsParameters,
  parseKmsParameters,
  parseSessionType,
  type SessionType,
  type SessionTypeParameters,
  sessionTypes,
} from '../../protocol/ssm/handshake.ts'
import { clientVersion } from '../../protocol/ssm/version.ts'

type Processed = HandshakeResponse['ProcessedClientActions'][number]

export interface DataKey {
  /** 64 bytes. */
  readonly plain: Uint8Array
  /** The same, encrypted by KMS; base64. */
  readonly sealed: string
}

export interface Answer {
  readonly response: HandshakeResponse
  readonly session: SessionTypeParameters | undefined
  readonly key: Uint8Array | undefined
}

const isKnown = (type: string): type is SessionType => (sessionTypes as readonly string[]).includes(type)

const failed = (ActionType: string, reason: string): Processed => ({
  ...{ ActionType, ActionStatus: actionStatus.failed, ActionResult: null },
  Error: `Failed to process action ${ActionType}: ${reason}`,
})

const succeeded = (ActionType: string, ActionResult: unknown = null): Processed => ({
  ...{ ActionType, ActionStatus: actionStatus.success, ActionResult, Error: '' },
})

interface Done {
  readonly processed: Processed
  readonly session?: SessionTypeParameters
  readonly key?: Uint8Array
}

const answerKms = async (
  type: string,
  parameters: KmsParameters,
  generate: (parameters: KmsParameters) => Promise<DataKey>,
): Promise<Done> => {
  const { plain, sealed } = await generate(parameters)
  const acknowledged = parameters.Challenge === undefined ? {} : { ChallengeAcknowledgement: true }
  const result = { KMSCipherTextKey: sealed, KMSCipherTextHash: null, ...acknowledged }
  return { processed: succeeded(type, result), key: plain }
}

const answerAction = async (
  { ActionType, ActionParameters }: HandshakeRequest['RequestedClientActions'][number],
  generate: (parameters: KmsParameters) => Promise<DataKey>,
): Promise<Done> => {
  try {
    if (ActionType === 'KMSEncryption')
      return await answerKms(ActionType, parseKmsParameters(ActionParameters), generate)
    if (ActionType === 'SessionType') {
      const session = parseSessionType(ActionParameters)
      return isKnown(session.SessionType)
        ? { processed: succeeded(ActionType), session }
        : { processed: failed(ActionType, `Unknown session type ${session.SessionType}`) }
    }
  } catch (error) {
    return { processed: failed(ActionType, (error as Error).message) }
  }
  const processed = {
    ...{ ActionType, ActionStatus: actionStatus.unsupported, ActionResult: null },
    Error: `Unsupported action ${ActionType}`,
  }
  return { processed }
}

/** One entry per requested action, in the same order; the agent ends the session when one of them is no success. */
export const answerHandshake = async (
  request: HandshakeRequest,
  generate: (parameters: KmsParameters) => Promise<DataKey>,
): Promise<Answer> => {
  const done: Done[] = []
  for (const action of request.RequestedClientActions) done.push(await answerAction(action, generate))
  const ProcessedClientActions = done.map(({ processed }) => processed)
  return {
    response: {
      ...{ ClientVersion: clientVersion, ProcessedClientActions },
      Errors: ProcessedClientActions.flatMap(({ Error: text }) => (text === '' ? [] : [text])),
    },
    session: done.find(({ session }) => session !== undefined)?.session,
    key: done.find(({ key }) => key !== undefined)?.key,
  }
}
