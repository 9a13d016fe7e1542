import { UserError } from '../../config/user-error.ts'
import type { BaseKind } from './find.ts'

const spaceIn = /No space left on device|ENOSPC|Disk quota exceeded/
const networkIn =
  /Could not resolve|Temporary failure resolving|Failed to fetch|Connection (refused|timed out)/

/** The lines that tell most: apt's and mmdebstrap's own error lines, else the last ones. */
export const pickComplaint = (stderr: string): string => {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(W:|warning:|umount:|I:)/i.test(line))
  const errors = lines.filter((line) => /^(E:|error|fatal)/i.test(line))
  return (errors.length > 0 ? errors : lines)
    .slice(0, 2)
    .map((line) => line.replace(/^error: /i, ''))
    .join('; ')
}

const whats: Readonly<Record<BaseKind, string>> = {
  'amazon-linux': 'Amazon Linux 2023 could not be made a machine',
  'stand-in': 'the base image could not be built',
}

const explainHint = (kind: BaseKind, stderr: string): string => {
  if (kind === 'amazon-linux')
    return 'reach public.ecr.aws and cdn.amazonlinux.com, or "local": { "base": "stand-in" }'
  return networkIn.test(stderr)
    ? 'reach deb.debian.org, or name a mirror: KIRO_SANDBOX_DEBIAN_MIRROR=http://mirror.example/debian'
    : 'npm run setup -- --check'
}

/** Why the base was not built, with what to do about it. Pure. */
export const explainBuild = (
  kind: BaseKind,
  exitCode: number | null,
  stderr: string,
  folder: string,
): UserError => {
  if (spaceIn.test(stderr))
    return new UserError(`no space left for the base image in ${folder}`, {
      hint: 'free 2 GB, or put it on another disk: KIRO_SANDBOX_BASE=/a/writable/folder',
    })
  // timeout(1): it did not end by itself.
  const complaint = exitCode === 124 ? 'it took too long' : pickComplaint(stderr) || `exit code ${exitCode}`
  return new UserError(`${whats[kind]}: ${complaint}`, { hint: explainHint(kind, stderr) })
}
