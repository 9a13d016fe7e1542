/** One resource of a change set, as DescribeChangeSet has it. */
export interface AnnouncedChange {
  readonly logicalId: string
  /** Add, Modify, Remove, Import, Dynamic */
  readonly action: string
  /** True, False, Conditional; undefined where CloudFormation does not say. */
  readonly replacement: string | undefined
  /** Properties, Metadata, DeletionPolicy ... */
  readonly scope: readonly string[]
}

const harmless = new Set(['Metadata', 'DeletionPolicy', 'UpdateReplacePolicy'])

/**
 * What of a change set is more than keeping things when the stack goes. Empty: it touches no resource, and may be
 * executed.
 */
export const judgeChangeSet = (changes: readonly AnnouncedChange[]): string[] =>
  changes.flatMap(({ logicalId, action, replacement, scope }) => {
    if (action !== 'Modify') return [`${action.toLowerCase()} ${logicalId}`]
    const more = scope.filter((attribute) => !harmless.has(attribute))
    if (replacement === 'True' || replacement === 'Conditional') return [`replace ${logicalId}`]
    return more.length === 0 ? [] : [`change ${more.join(' and ')} of ${logicalId}`]
  })
