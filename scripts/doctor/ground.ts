import { names } from '../../config/names.ts'
import { isUserName, type UserName } from '../../config/user-name.ts'
import { listMachines, type SandboxMachine } from '../aws/instances.ts'
import type { AppliedRecord } from '../aws/state.ts'
import type { Context } from '../sandbox/context.ts'

/** What the looks at AWS work with. Several want the same answer, which is asked for once. */
export interface Ground {
  readonly context: Context
  readonly now: Date
  machines(): Promise<readonly SandboxMachine[]>
  /** Names of stacks with a state. */
  stacks(): Promise<readonly string[]>
  /** Engineers who have a state. */
  users(): Promise<readonly UserName[]>
  record(stack: string): Promise<AppliedRecord | undefined>
}

const once = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let answer: Promise<T> | undefined
  return () => {
    answer ??= ask()
    return answer
  }
}

const onceEach = <T>(ask: (key: string) => Promise<T>): ((key: string) => Promise<T>) => {
  const answers = new Map<string, Promise<T>>()
  return (key) => {
    const known = answers.get(key) ?? ask(key)
    answers.set(key, known)
    return known
  }
}

export const userOf = (stack: string): UserName | undefined => {
  const user = stack.replace(/^sandbox-/, '')
  return isUserName(user) && names.sandboxStack(user) === stack ? user : undefined
}

export const openGround = (context: Context, now: Date): Ground => {
  const stacks = once(() => context.store.listStacks())
  return {
    context,
    now,
    machines: once(() => listMachines(context.target.sdk)),
    stacks,
    users: once(async () => (await stacks()).flatMap((stack) => userOf(stack) ?? [])),
    record: onceEach((stack) => context.store.findRecord(stack)),
  }
}
