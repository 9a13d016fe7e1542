import { names } from '../config/names.ts'
import type { NetworkSpec } from '../config/spec.ts'

/**
 * Session Manager preferences of a sandbox shell: lands as the sandbox user instead of ssm-user, ends when
 * idle. All values are strings, also the numbers.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
 */
export const renderSessionDocument = (session: NetworkSpec['session']): string =>
  JSON.stringify({
    schemaVersion: '1.0',
    description: 'Shell on a Kiro sandbox, as the sandbox user',
    sessionType: 'Standard_Stream',
    inputs: {
      runAsEnabled: true,
      runAsDefaultUser: 'ec2-user',
      idleSessionTimeout: String(session.idleMinutes),
      maxSessionDuration: String(session.maxMinutes),
      cloudWatchLogGroupName: names.sessionLogGroup,
      cloudWatchEncryptionEnabled: false,
      cloudWatchStreamingEnabled: true,
      shellProfile: { linux: 'cd "$HOME" && exec bash -l' },
    },
  })
