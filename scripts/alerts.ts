import { defineCommand } from './cli/command.ts'
import { runSide, sideFlags } from './side/side-command.ts'

const name = 'alerts'

export const command = defineCommand({
  name,
  summary:
    'tell by mail of elevation windows, of changes that make a role stronger, and of console sign-ins with roles of sandboxes',
  flags: {
    remove: { type: 'boolean', about: 'take rules, topic and log away again' },
    ...sideFlags,
  },
  examples: ['npm run alerts -- --plan', 'npm run alerts', 'npm run alerts -- --remove'],
  run: async (flags, io) => {
    const { openAlerts } = await import('./side/alerts.ts')
    const { listAlerts } = await import('../stacks/alert-patterns.ts')
    return runSide(
      name,
      flags,
      io,
      ({ settings, target }) => openAlerts(settings, target.accountId),
      (spec, changed) => {
        const alerts = listAlerts(spec).map(({ name: alert, says }) => ({ alert, says }))
        io.answer(
          flags.json
            ? JSON.stringify({ changed, alerts, emails: spec.emails })
            : alerts.map(({ alert, says }) => `${alert}  ${says}`).join('\n'),
        )
        if (spec.emails.length === 0) io.story.warn('nobody is told: alerts.emails is empty')
        else if (changed) {
          io.story.say(`each of ${spec.emails.join(', ')} has to confirm a mail from AWS`)
          // Whoever has a mail may follow its link out, unless the confirmation was signed; Terraform cannot sign it.
          // https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
          io.story.say(
            'confirmed by aws sns confirm-subscription --authenticate-on-unsubscribe true, no link in a mail ends it',
          )
        }
      },
    )
  },
})
