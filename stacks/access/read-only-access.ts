import type { Document } from '../../iam/document.ts'
import extract from './read-only-access.json' with { type: 'json' }

/** One statement of the extract. Names of actions stand below their service, one line each, so that changes read well. */
export interface ExtractStatement {
  readonly Sid: string
  readonly Effect: string
  readonly Resource: string
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly actions: Readonly<Record<string, string>>
}

export interface Extract {
  readonly source: string
  readonly version: string
  readonly date: string
  readonly statements: readonly ExtractStatement[]
}

const { statements, ...origin } = extract as Extract

/** Which version of the policy the proof is about. AWS adds to it every few weeks. */
export const readOnlyAccessOrigin: Omit<Extract, 'statements'> = origin

export const readOnlyAccessArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

/**
 * AWS's own policy, from a dated extract: it is needed where nobody is logged in to AWS. The file is renewed from
 * moto's copy by test/proof/read-only-access.test.ts.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html
 */
export const readOnlyAccess = (): Document => ({
  Version: '2012-10-17',
  Statement: statements.map(({ actions, Effect, ...rest }) => ({
    ...rest,
    Effect: Effect === 'Deny' ? 'Deny' : 'Allow',
    Action: Object.entries(actions).flatMap(([service, names]) =>
      names.split(' ').map((name) => `${service}:${name}`),
    ),
  })),
})
