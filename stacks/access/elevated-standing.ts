import { tag } from '../../config/names.ts'
import { type PolicyDocument, policy } from './policy.ts'
import { outOfReach, powerUserExtras } from './power-user.ts'

/**
 * A session that the box made while there were windows lives on for up to an hour and has no policy of its own; what
 * stands would be its without anybody's doing. Only the trust of push asks for this mark.
 */
const pushed = { Null: { [`aws:PrincipalTag/${tag.elevatedPushed}`]: 'false' } }

/**
 * Push: the role has its permissions always, and who may become it is all that gates them. Each session brings a
 * policy of its own that ends it and narrows it; the boundary holds as ever.
 */
export const elevatedStanding = (): PolicyDocument =>
  policy(
    {
      Sid: 'Standing',
      Effect: 'Allow',
      NotAction: outOfReach,
      Resource: '*',
      Condition: pushed,
    },
    {
      Sid: 'StandingExtras',
      Effect: 'Allow',
      Action: powerUserExtras,
      Resource: '*',
      Condition: pushed,
    },
  )
