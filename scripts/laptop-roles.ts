import { defineCommand } from './cli/command.ts'
import { runSide, sideFlags } from './side/side-command.ts'

const name = 'laptop:roles'

export const command = defineCommand({
  name,
  summary:
    'make what Kiro on laptops logs in as: permission sets of IAM Identity Center, or plain roles, with their boundaries',
  flags: {
    remove: { type: 'boolean', about: 'take them away again' },
    ...sideFlags,
  },
  examples: [
    'npm run laptop:roles -- --plan',
    'npm run laptop:roles -- --target aws --config prod.config.json',
    'npm run laptop:roles -- --remove',
  ],
  run: async (flags, io) => {
    const { listMissingElsewhere, openLaptopRoles, renderLaptopRoleList } = await import(
      './side/laptop-roles.ts'
    )
    return runSide(
      name,
      flags,
      io,
      ({ settings, target }) => openLaptopRoles(settings, target.accountId),
      (spec, changed) => {
        const { accountId, kind, roles } = spec
        io.answer(
          flags.json ? JSON.stringify({ accountId, kind, changed, roles }) : renderLaptopRoleList(spec),
        )
        for (const line of listMissingElsewhere(spec)) io.story.warn(line)
        if (kind === 'roles')
          io.story.say(
            'profiles that assume them need role_session_name = <name of the login>, no other works',
          )
      },
    )
  },
})
