/** The other end said something that the protocol does not allow. The message is one sentence with the bad value. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}
