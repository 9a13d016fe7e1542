import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { planEarlyFlags } from '../../../local/gateway/optimize-early.ts'

test('only a V8 that waits for bytes is told to wait for fewer', () => {
  expect(planEarlyFlags('11.3.244.8-node.38')).toEqual(['--interrupt-budget=20000'])
  expect(planEarlyFlags('12.4.254.21-node.57')).toEqual([])
  expect(planEarlyFlags('13.6.233.17-node.63')).toEqual([])
})

test('the V8 that runs this knows the flags it is given', async () => {
  const flags = planEarlyFlags(process.versions.v8)
  const program = `for (const flag of ${JSON.stringify(flags)}) require('v8').setFlagsFromString(flag)`
  const { stderr } = await promisify(execFile)(process.execPath, ['-e', program])
  expect(stderr).toBe('')
})
