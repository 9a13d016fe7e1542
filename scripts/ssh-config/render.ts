import type { UserName } from '../../config/user-name.ts'
import type { HostShown, HostWritten } from './write.ts'

/** As it would stand in the files; what follows a # in them is a comment there too. */
export const renderFiles = (shown: HostShown, json: boolean): string => {
  const { userConfig, include, file, block } = shown
  if (json) return JSON.stringify(shown)
  return [`# ${userConfig}, first line`, include, '', `# ${file}`, block.trimEnd()].join('\n')
}

export const renderWritten = (result: HostWritten, json: boolean): string => {
  if (json) return JSON.stringify(result)
  const { host, instanceId, written, next } = result
  return [
    `${host}  ${instanceId}`,
    ...(written.length === 0 ? ['  nothing to change'] : written.map((file) => `  wrote  ${file}`)),
    '',
    'next:',
    ...next.map((line) => `  ${line}`),
  ].join('\n')
}

/** Of the person's own file only our line goes, unless all of it was ours. */
export const renderRemoved = (
  user: UserName,
  removed: readonly string[],
  userConfig: string,
  json: boolean,
): string => {
  if (json) return JSON.stringify({ user, removed })
  if (removed.length === 0) return 'nothing to remove'
  return removed.map((file) => (file === userConfig ? `gave back  ${file}` : `removed    ${file}`)).join('\n')
}
