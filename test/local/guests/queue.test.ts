import { expect, test } from 'vitest'
import { createLimit, createRepeater } from '../../../local/guests/queue.ts'

const tick = () => new Promise((resolve) => setTimeout(resolve, 1))

test('a limit runs so many at a time, all of them, in order', async () => {
  const limit = createLimit(3)
  const order: number[] = []
  let [running, most] = [0, 0]
  await Promise.all(
    Array.from({ length: 20 }, (_, number) =>
      limit(async () => {
        running += 1
        most = Math.max(most, running)
        await tick()
        order.push(number)
        running -= 1
        if (number === 7) throw new Error('one fails')
      }).catch(() => {}),
    ),
  )
  expect(most).toBe(3)
  expect(order).toEqual([...order].sort((a, b) => a - b))
  expect(order).toHaveLength(20)
})

test('a repeater never runs twice at once, and whoever asks gets a run that began afterwards', async () => {
  let [running, most, begun] = [0, 0, 0]
  const look = createRepeater(async () => {
    begun += 1
    running += 1
    most = Math.max(most, running)
    await tick()
    running -= 1
  })
  const waits: Promise<void>[] = []
  for (let round = 0; round < 50; round += 1) {
    const before = begun
    waits.push(look().then(() => expect(begun).toBeGreaterThan(before)))
    if (round % 3 === 0) await tick()
  }
  await Promise.all(waits)
  expect(most).toBe(1)
  expect(begun).toBeLessThan(50)
})

test('a run that fails fails those who waited for it, and not the next', async () => {
  let fails = true
  const look = createRepeater(async () => {
    await tick()
    if (fails) throw new Error('the engine is away')
  })
  const first = look()
  const second = look()
  await expect(first).rejects.toThrow('away')
  fails = false
  await expect(second).resolves.toBeUndefined()
})
