import { exitCode } from '../../config/user-error.ts'
import { runForward } from '../../connect/ssm/run-forward.ts'
import { staySmall } from '../cli/stay-small.ts'
import { type Errand, explained, settle, start, tellTrouble } from './errand.ts'
import type { Forward } from './forward.ts'
import { planForwardRequest } from './plan-connect.ts'

/** One that fails ends the others too: left alone, their sessions would go on until they are idle for too long. */
export const forwardAll = async (errand: Errand, forwards: readonly Forward[]): Promise<number> => {
  staySmall()
  const failed = new AbortController()
  const signal = AbortSignal.any([errand.context.io.signal, failed.signal])
  const ended = await Promise.allSettled(
    forwards.map((one) =>
      forward(errand, one, signal).catch((error: unknown) => {
        failed.abort(error)
        throw error
      }),
    ),
  )
  if (failed.signal.aborted) throw failed.signal.reason
  const codes = ended.map((one) => (one.status === 'fulfilled' ? one.value : exitCode.failed))
  return codes.find((code) => code !== 0) ?? exitCode.done
}

const forward = async (
  errand: Errand,
  { localPort, host, port }: Forward,
  signal: AbortSignal,
): Promise<number> => {
  const { here, connect, delegated } = await start(errand, planForwardRequest({ localPort, host, port }))
  if (delegated !== undefined) return delegated
  const { io } = errand.context
  const there = host === undefined ? `port ${port} of ${here.instanceId}` : `${host}:${port}`
  const ended = await runForward(connect, {
    ...{ localPort, signal, onTrouble: tellTrouble(errand) },
    onListening: (number) => io.story.say(`127.0.0.1:${number} leads to ${there}; Ctrl-C ends it`),
    onRefused: () => io.story.warn(`nothing answers at ${there}`),
  }).catch(explained(here))
  // Ctrl-C is how a forward ends.
  if (ended.end.kind === 'left') return exitCode.done
  return settle(errand, here, ended)
}
