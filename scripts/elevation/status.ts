import { renderSeconds } from './duration.ts'
import type { WindowState } from './window.ts'

export interface ElevationStatus {
  readonly user: string
  readonly window: WindowState
  readonly by: string | null
  readonly reason: string | null
}

export const renderState = ({ user, window, by, reason }: ElevationStatus): string => {
  switch (window.kind) {
    case 'never':
      return `${user}: no window was ever opened; nothing can be changed`
    case 'closed':
      return `${user}: closed by hand`
    case 'expired':
      return `${user}: closed since ${window.until}`
    case 'unknown':
      return `${user}: there is a policy kiro-elevation-window that is none of ours; sandbox:deescalate replaces it`
    case 'open':
      return `${user}: open for ${renderSeconds(window.secondsLeft)}, until ${window.until}\n  allows  ${window.allow?.join(', ') ?? 'all that the boundary lets through'}\n  reason  ${reason ?? 'none recorded'}\n  by      ${by ?? 'nobody recorded'}`
  }
}
