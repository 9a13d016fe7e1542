// Limits and texts of amazon-ssm-agent: agent/framework/processor/executer/iohandler/iohandler.go

const truncated = '--output truncated--'

/** The first bytes, without half a character at the end. */
const firstBytes = (bytes: Buffer, size: number): string =>
  new TextDecoder().decode(bytes.subarray(0, size), { stream: true })

/** What GetCommandInvocation shows: so many bytes, the note included. */
export const cutOutput = (bytes: Buffer, limit: number): string =>
  bytes.length < limit ? bytes.toString() : firstBytes(bytes, limit - truncated.length) + truncated

const errorTitle = '\n----------ERROR-------\n'
const outputCut = '\n---Output truncated---'
const errorCut = '\n---Error truncated----'
/** Bytes. */
const summaryLimit = 2500
/** `exit 168`: all is well, and steps to come are skipped. Its stderr is not shown. */
const exitWithSuccess = 168

/** Both streams in one, as ListCommandInvocations shows them with Details. */
export const renderSummary = (stdout: string, stderr: string, exitCode: number): string => {
  const [out, err] = [Buffer.from(stdout), Buffer.from(exitCode === exitWithSuccess ? '' : stderr)]
  const title = err.length > 0 ? errorTitle : ''
  const room = summaryLimit - title.length
  if (out.length + err.length < room) return `${stdout}${title}${err}`
  const [outIsLong, errIsLong] = [out.length > room / 2, err.length > room / 2]
  if (outIsLong && errIsLong) {
    const each = Math.floor((room - errorCut.length - outputCut.length) / 2)
    return `${firstBytes(out, each)}${outputCut}${title}${firstBytes(err, each)}${errorCut}`
  }
  if (!outIsLong) return `${stdout}${title}${firstBytes(err, room - errorCut.length - out.length)}${errorCut}`
  return `${firstBytes(out, room - outputCut.length - err.length)}${outputCut}${title}${err}`
}
