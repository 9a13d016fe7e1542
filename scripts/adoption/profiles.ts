import { names } from '../../config/names.ts'
import type { SandboxSpec } from '../../config/spec.ts'

/**
 * The profiles of the article by their names, but each straight from the machine's own role: only credentials of
 * its metadata service can be bound to it. With push the machine makes no elevated session of its own.
 */
export const renderProfiles = ({ accountId, region, user, elevation }: SandboxSpec): string =>
  [
    ['kiro-readonly', names.readonlyRole(user)],
    ...(elevation.mode === 'push' ? [] : [[names.elevatedProfile, names.elevatedRole(user)]]),
  ]
    .map(([profile, role]) =>
      [
        `[profile ${profile}]`,
        `role_arn = arn:aws:iam::${accountId}:role/${role}`,
        'credential_source = Ec2InstanceMetadata',
        `role_session_name = ${user}`,
        `region = ${region}`,
        'sts_regional_endpoints = regional',
        '',
      ].join('\n'),
    )
    .join('\n')
