import type { Finding } from '../../config/finding.ts'
import { renderChoice } from '../../local/engine/choice.ts'
import type { CgroupWay } from '../../local/engine/docker-cgroups.ts'
import { isDockerFlags } from '../../local/engine/flags.ts'
import type { MachineFacts } from './machine-facts.ts'

const decideTools = ({ tools }: MachineFacts): Finding => {
  if ('tools' in tools) return { what: 'engine', verdict: 'fine', says: renderChoice(tools.tools.engine) }
  const { reason, hint } = tools
  return { what: 'engine', verdict: 'wrong', says: reason, ...(hint === undefined ? {} : { fix: hint }) }
}

const decideArchitectureFinding = ({ choice }: MachineFacts): Finding => {
  const what = 'architecture'
  if (choice === undefined)
    return { what, verdict: 'wrong', says: 'machines are arm64 or x86_64, and this computer is neither' }
  const { architecture, note } = choice
  return note === undefined
    ? { what, verdict: 'fine', says: `${architecture}, as this computer is` }
    : { what, verdict: 'note', says: note }
}

const decideBase = ({ base }: MachineFacts): Finding =>
  base === undefined
    ? {
        what: 'base image',
        verdict: 'note',
        says: 'not built yet, which takes a minute or two once',
        fix: 'npm run local:up',
      }
    : { what: 'base image', verdict: 'fine', says: `${base.description}, ${base.digest.slice(0, 19)}` }

const cgroupWords: Readonly<Record<CgroupWay, string>> = {
  writable: 'of its own (writable-cgroups)',
  own: 'in a place of its own below those of this computer',
  named: 'of version 1, the hierarchy of systemd',
}

const decideFlags = ({ switched }: MachineFacts): Finding => {
  if (switched === undefined)
    return {
      what: 'engine flags',
      verdict: 'note',
      says: 'not tried out yet: no machine was booted in this state folder',
      fix: 'npm run local:up',
    }
  const what = 'engine flags'
  if (isDockerFlags(switched.flags))
    return {
      what,
      verdict: 'fine',
      says: `a machine booted with cgroups ${cgroupWords[switched.flags.cgroups]}`,
    }
  const { runtime, cgroupManager } = switched.flags
  const says = `a machine booted with runtime ${runtime ?? 'as podman chooses'}, cgroups ${cgroupManager ?? 'as podman chooses'}`
  return { what, verdict: 'fine', says }
}

const decideState = ({ state, setting }: MachineFacts): Finding => {
  const what = 'machines'
  if (setting === 'off')
    return { what, verdict: 'note', says: 'switched off: local.machines is "off" in the settings' }
  if (state === undefined)
    return { what, verdict: 'note', says: 'the local target does not run', fix: 'npm run local:up' }
  if (state.kind === 'off')
    return { what, verdict: 'wrong', says: `off: ${state.reason}`, fix: 'npm run local:up' }
  return { what, verdict: 'fine', says: state.kind === 'on' ? `on, ${state.engine}` : 'starting' }
}

/** In the order in which one depends on the other. */
export const decideMachineFindings = (facts: MachineFacts): Finding[] =>
  [decideTools, decideArchitectureFinding, decideBase, decideFlags, decideState].map((decide) =>
    decide(facts),
  )
