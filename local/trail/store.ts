/**
 * The journal as an event data store of CloudTrail Lake: management events of all regions and everybody known. There is
 * this one; it cannot be made, changed or deleted.
 */
export const localStore = { id: '0e5d7a1c-6b1f-4a53-9d0e-10ca1a0d17a1', name: 'kiro-sandbox-local' } as const
