import { UserError } from '../../config/user-error.ts'

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
  return (errors.length > 0 ? errors : lines).slice(0, 2).join('; ')
}

/** Why the base was not built, with what to do about it. Pure. */
export const explainBuild = (exitCode: number | null, stderr: string, folder: string): UserError => {
  if (spaceIn.test(stderr))
    return new UserError(`no space left for the base image in ${folder}`, {
      hint: 'free 2 GB, or put it on another disk: KIRO_SANDBOX_BASE=/a/writable/folder',
    })
  const complaint = pickComplaint(stderr) || `exit code ${exitCode}`
  return new UserError(`the base image could not be built: ${complaint}`, {
    hint: networkIn.test(stderr)
      ? 'reach deb.debian.org, or name a mirror: KIRO_SANDBOX_DEBIAN_MIRROR=http://mirror.example/debian'
      : 'npm run setup -- --check',
  })
}
