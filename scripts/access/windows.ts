import type { ProofInputs } from '../../stacks/proof/world.ts'
import { renderClosed, renderWindow } from '../elevation/window.ts'

const open = { from: '2026-11-22T10:00:00Z', until: '2026-11-22T10:30:00Z' }

/** Written by the very functions that sandbox:elevate writes windows with; only the forged one is not ours. */
export const proofWindows: ProofInputs['windows'] = {
  open: renderWindow({ ...open, allow: undefined }),
  scoped: renderWindow({ ...open, allow: ['s3:*', 'lambda:*'] }),
  closed: renderClosed(),
  forged: JSON.stringify({
    Version: '2012-10-17',
    Statement: { Sid: 'Forged', Effect: 'Allow', Action: '*', Resource: '*' },
  }),
}
