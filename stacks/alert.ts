/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
export type Pattern = { readonly [key: string]: Pattern | readonly unknown[] }

export interface Alert {
  readonly name: string
  /** What the mail begins with. */
  readonly says: string
  readonly pattern: Pattern
  /** CloudTrail counts it among the reads, which rules leave out unless they ask for them. */
  readonly reads?: true
}

/** @param source without `.amazonaws.com` */
export const calls = (source: string, detail: Pattern): Pattern => ({
  source: [`aws.${source}`],
  'detail-type': ['AWS API Call via CloudTrail'],
  detail: { eventSource: [`${source}.amazonaws.com`], ...detail },
})
