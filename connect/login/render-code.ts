import { renderUnicodeCompact } from 'uqr'
import type { DeviceCode } from './device-flow.ts'

const spaced = (code: string): string => [...code].join(' ')

const box = (line: string): string[] => {
  const edge = '═'.repeat(line.length + 6)
  return [`╔${edge}╗`, `║   ${line}   ║`, `╚${edge}╝`]
}

/** Rows and columns of a terminal. */
export interface Size {
  readonly rows: number
  readonly columns: number
}

/** Code and link that nobody overlooks, and a picture of the link for a telephone where there is room for it. */
export const renderDeviceCode = ({ code, url }: DeviceCode, size: Size): string => {
  const text = ['', 'Approve the login of Kiro in a browser:', '', `  ${url}`, '', 'with the code', '']
  const lines = [...text, ...box(spaced(code)).map((line) => `  ${line}`), '']
  const picture = renderUnicodeCompact(url, { border: 2 }).split('\n')
  const fits = picture.length + lines.length + 4 <= size.rows && (picture[0]?.length ?? 0) + 2 <= size.columns
  return [...lines, ...(fits ? [...picture.map((line) => `  ${line}`), ''] : [])].join('\n')
}
