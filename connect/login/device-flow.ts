import { stripVTControlCharacters } from 'node:util'

/** What a person needs to approve a login. A secret while it is pending: never goes into a log. */
export interface DeviceCode {
  readonly code: string
  readonly url: string
  /** True when kiro-cli printed the code alone and the link was made from it. */
  readonly rebuilt: boolean
}

export type LoginEvent =
  | { readonly kind: 'code'; readonly device: DeviceCode }
  /** kiro-cli waits for a key: Enter takes what the flags have filled in. */
  | { readonly kind: 'prompt'; readonly prompt: 'startUrl' | 'region' }
  /** A choice that only a person can make. */
  | { readonly kind: 'picker'; readonly picker: 'method' | 'profile' }
  | { readonly kind: 'loggedIn' }
  | { readonly kind: 'alreadyLoggedIn' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'expired' }
  /** Without a terminal, region and start URL cannot be asked for. https://github.com/kirodotdev/Kiro/issues/4243 */
  | { readonly kind: 'noTerminal' }
  | { readonly kind: 'failed'; readonly text: string }

/** AWS Builder ID's own start page. */
const builderIdStart = 'https://view.awsapps.com/start'

/**
 * The page that has the code filled in already. kiro-cli leaves it out when it believes that it opened a browser.
 * https://github.com/kirodotdev/Kiro/issues/10975
 */
export const planDeviceUrl = (code: string, startUrl: string | undefined): string => {
  const start = (startUrl ?? builderIdStart).replace(/[#/]+$/, '')
  return `${start}/#/device?user_code=${encodeURIComponent(code)}`
}

const codeLine = /^\s*Code:\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$/m
const urlLine = /Open this URL:\s*(https:\/\/[^\s'"<>]+)/
/** What follows the code when no link does. */
const afterCode = /Logging in\.\.\./

const endings: readonly (readonly [RegExp, (text: string) => LoginEvent])[] = [
  [/already logged in/i, () => ({ kind: 'alreadyLoggedIn' })],
  [/logged in successfully|device authorized/i, () => ({ kind: 'loggedIn' })],
  [/invalid value for field: region|not a terminal/i, () => ({ kind: 'noTerminal' })],
  [
    /(error|failed).*(expired)|expired(token|_token)|(device )?code (has )?expired/i,
    () => ({ kind: 'expired' }),
  ],
  [/access_?denied|(authorization|request) (was )?(denied|refused|declined)/i, () => ({ kind: 'refused' })],
  [/^error: (.+)$/im, (text) => ({ kind: 'failed', text })],
]

const questions: readonly (readonly [RegExp, LoginEvent])[] = [
  [/enter start url/i, { kind: 'prompt', prompt: 'startUrl' }],
  [/enter region/i, { kind: 'prompt', prompt: 'region' }],
  [/select login method/i, { kind: 'picker', picker: 'method' }],
  [/(select|choose).*profile/i, { kind: 'picker', picker: 'profile' }],
]

const ending = (text: string): LoginEvent | undefined => {
  // A line that still grows may say something else in the end.
  const complete = text.slice(0, text.lastIndexOf('\n') + 1)
  for (const [pattern, event] of endings) {
    const found = pattern.exec(complete)
    if (found !== null) return event((found[1] ?? found[0]).trim())
  }
  return undefined
}

/** More than kiro-cli ever prints in one login; what is older is forgotten. */
const longestText = 64 * 1024

/**
 * Reads what `kiro-cli login --use-device-flow` shows, in whatever pieces it arrives, and says once for each thing
 * what it was. Spinners redraw their line, so a carriage return ends a line too.
 * Texts: crates/chat-cli/src/cli/user.rs of https://github.com/aws/amazon-q-developer-cli
 */
export class DeviceFlowReader {
  private raw = ''
  private readonly told = new Set<string>()
  private readonly startUrl: string | undefined

  /** @param startUrl of IAM Identity Center; undefined for AWS Builder ID */
  constructor(startUrl: string | undefined) {
    this.startUrl = startUrl
  }

  push(chunk: string): LoginEvent[] {
    this.raw = (this.raw + chunk).slice(-longestText)
    // An escape sequence that is cut in two is whole again with the next piece.
    const text = stripVTControlCharacters(this.raw).replace(/\r\n?/g, '\n')
    const events = [this.code(text), ...this.asked(text), this.end(text)]
    return events.filter((event) => event !== undefined)
  }

  /** The code, when no link has come with it: the stream has been silent for a while. */
  rebuild(): LoginEvent | undefined {
    const code = codeLine.exec(stripVTControlCharacters(this.raw).replace(/\r\n?/g, '\n'))?.[1]
    return code === undefined || this.told.has('code') ? undefined : this.tellCode(code, undefined)
  }

  private tellCode(code: string, url: string | undefined): LoginEvent {
    this.told.add('code')
    return {
      kind: 'code',
      device: { code, url: url ?? planDeviceUrl(code, this.startUrl), rebuilt: url === undefined },
    }
  }

  private code(text: string): LoginEvent | undefined {
    if (this.told.has('code')) return undefined
    const found = codeLine.exec(text)
    if (found?.[1] === undefined) return undefined
    const rest = text.slice(found.index + found[0].length)
    // The link is whole only when something follows it.
    const url = new RegExp(`${urlLine.source}\\s`).exec(rest)?.[1]
    return url === undefined && !afterCode.test(rest) ? undefined : this.tellCode(found[1], url)
  }

  private asked(text: string): LoginEvent[] {
    return questions.flatMap(([pattern, event]) => {
      const key = JSON.stringify(event)
      if (this.told.has(key) || !pattern.test(text)) return []
      this.told.add(key)
      return [event]
    })
  }

  private end(text: string): LoginEvent | undefined {
    if (this.told.has('end')) return undefined
    const event = ending(text)
    if (event !== undefined) this.told.add('end')
    return event
  }
}
