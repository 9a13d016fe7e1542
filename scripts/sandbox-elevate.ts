import { exitCode, usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'sandbox:elevate'

export const command = defineCommand({
  name,
  summary: 'open a window in which the sandbox may change things as kiro-elevated; time closes it by itself',
  flags: {
    user: common.user,
    for: { type: 'string', value: 'time', about: 'how long: 90s, 30m, 1h; at most elevation.maxMinutes' },
    reason: { type: 'string', value: 'text', about: 'why, for the audit trail' },
    allow: {
      type: 'string',
      value: 'actions',
      about: "only these, e.g. 's3:*,lambda:*'; default: all the boundary lets through",
    },
    target: common.target,
    config: common.config,
    plan: common.plan,
    json: common.json,
    yes: common.yes,
  },
  examples: [
    'npm run sandbox:elevate -- --user alice --for 30m --reason "JIRA-123"',
    `npm run sandbox:elevate -- --user alice --for 15m --reason "deploy" --allow 's3:*,lambda:*'`,
  ],
  run: async (flags, io) => {
    const { openContext, parseUsers, renderCommand } = await import('./sandbox/context.ts')
    const { parseAllow, parseReason, parseWindow, renderSeconds } = await import('./elevation/duration.ts')
    const { planWindow, renderWindow } = await import('./elevation/window.ts')
    const { findElevatedRole, openWindow, refuseForeign, refuseUnbounded } = await import(
      './elevation/role.ts'
    )
    const { probeFromSandbox } = await import('./elevation/probe.ts')
    const { findCaller } = await import('./aws/identity.ts')
    const { findMachine } = await import('./aws/instances.ts')
    const users = parseUsers(name, flags.user)
    const [user] = users
    if (user === undefined || users.length > 1) throw usageError('one window at a time: --user once')
    const [reason, allow] = [parseReason(flags.reason), parseAllow(flags.allow)]
    const { loadSettings } = await import('./settings-file.ts')
    const { planPaths } = await import('../config/paths.ts')
    // What was typed is judged before anything is started for it.
    const { maxMinutes, mode } = loadSettings(planPaths(process.env), flags.config).elevation
    const seconds = parseWindow(flags.for, maxMinutes)
    if (mode === 'push') {
      const { elevateByPush, refuseLongPush } = await import('./elevation/elevate-push.ts')
      refuseLongPush(seconds)
      const context = await openContext(renderCommand(name, users), flags, io)
      return elevateByPush(context, user, {
        ...{ reason, allow, seconds },
        plan: flags.plan,
        json: flags.json,
      })
    }
    const { target, paths } = await openContext(renderCommand(name, users), flags, io)
    const [role, machine, by] = await Promise.all([
      findElevatedRole(target, user),
      findMachine(target.sdk, user),
      findCaller(target.sdk),
    ])
    refuseUnbounded(role, user)
    refuseForeign(role, user)
    const window = planWindow(role.now, seconds, allow)
    const document = renderWindow(window)
    const told = {
      user,
      role: role.name,
      from: window.from,
      until: window.until,
      reason,
      by,
      allow: allow ?? null,
    }
    if (flags.plan) {
      io.answer(flags.json ? JSON.stringify({ ...told, policy: JSON.parse(document) }) : document)
      return exitCode.done
    }
    await openWindow(target, role.name, document, { until: window.until, by: by.slice(-256), reason })
    const usable = machine?.state === 'running'
    if (!usable) io.story.warn(`the sandbox is ${machine?.state ?? 'missing'}; the window runs all the same`)
    const probed = usable
      ? await io.story.step('Wait until the sandbox may', () =>
          probeFromSandbox(target, paths, machine.instanceId, seconds, io.signal),
        )
      : { kind: 'skipped' as const, detail: `the sandbox is ${machine?.state ?? 'missing'}` }
    if (probed.kind === 'skipped' && usable)
      io.story.warn(`the window is written, but could not be tried from the sandbox: ${probed.detail}`)
    io.story.say(
      `Open until ${window.until} (${renderSeconds(seconds)}); closes by itself, or: npm run sandbox:deescalate -- --user ${user}`,
    )
    io.story.say('Until then every process of the sandbox user can use the profile kiro-elevated')
    io.answer(flags.json ? JSON.stringify({ ...told, probe: probed }) : window.until)
    if (probed.kind !== 'denied') return exitCode.done
    io.story.warn(`AWS still refuses the sandbox: ${probed.detail}`)
    return exitCode.finding
  },
})
