const twoLocks =
  'AfterWindow denies the same moments, so the verdict stays; the allowance ends by itself in case that denial is ever lost'

/** Mutants that no row can tell from the original, each with the reason. As few as possible. */
export const mutationWaivers: Readonly<Record<string, string>> = {
  'window open without ElevationWindow: DateLessThan aws:CurrentTime': twoLocks,
  'window open without PowerUserExtras: DateLessThan aws:CurrentTime': twoLocks,
  'window scoped without ElevationWindow: DateLessThan aws:CurrentTime': twoLocks,
  'window scoped without Probe: DateLessThan aws:CurrentTime': twoLocks,
}
