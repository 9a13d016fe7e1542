const enter = new Set([0x0a, 0x0d])
const tilde = 0x7e
const dot = 0x2e

export interface Typed {
  /** For the other side. */
  readonly data: Buffer
  readonly leave: boolean
}

/**
 * Enter, tilde, dot leaves at once, as in ssh: all other keys belong to the other side, and it may not answer. Enter,
 * tilde, tilde sends a tilde. Pasted text is not typed: only a piece that begins with the tilde counts.
 */
export class EscapeKeys {
  private atStart = true
  private held = false

  push(piece: Buffer): Typed {
    if (piece.length === 0) return { data: piece, leave: false }
    if (this.held) return this.second(piece)
    if (this.atStart && piece[0] === tilde && piece.length === 1) {
      this.held = true
      return { data: Buffer.alloc(0), leave: false }
    }
    if (this.atStart && piece.length === 2 && piece[0] === tilde && piece[1] === dot)
      return { data: Buffer.alloc(0), leave: true }
    return this.pass(piece)
  }

  private second(piece: Buffer): Typed {
    this.held = false
    if (piece[0] === dot && piece.length === 1) return { data: Buffer.alloc(0), leave: true }
    if (piece[0] === tilde && piece.length === 1) return this.pass(piece)
    return this.pass(Buffer.concat([Buffer.of(tilde), piece]))
  }

  private pass(piece: Buffer): Typed {
    this.atStart = enter.has(piece.at(-1) ?? 0)
    return { data: piece, leave: false }
  }
}
