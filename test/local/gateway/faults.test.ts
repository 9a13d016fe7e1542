import { describe, expect, test } from 'vitest'
import type { Call } from '../../../local/gateway/classify.ts'
import { type Fault, Faults, parseFaults } from '../../../local/gateway/faults.ts'

const call: Call = {
  ...{ service: 'ec2', operation: 'RunInstances', region: 'us-west-2' },
  ...{ protocol: 'ec2', label: 'ec2/RunInstances' },
}
const noRoom: Fault = {
  ...{ call: 'ec2/RunInstances', status: 500, code: 'InsufficientInstanceCapacity', message: 'no room' },
}
const body = (text: string) => ({ body: Buffer.from(text) })

describe('calls that fail on purpose', () => {
  test('none, until it is told so; and none any more after that is taken back', () => {
    const faults = new Faults()
    expect(faults.take(call, body(''))).toBeUndefined()
    faults.set([noRoom])
    expect(faults.take(call, body(''))).toMatchObject({ status: 500, code: 'InsufficientInstanceCapacity' })
    expect(faults.take({ ...call, operation: 'StopInstances' }, body(''))).toBeUndefined()
    faults.set([])
    expect(faults.take(call, body(''))).toBeUndefined()
  })

  test('as often as was said, and only calls that have the text in them', () => {
    const faults = new Faults()
    faults.set([{ ...noRoom, contains: 'InstanceType=t4g.medium', times: 2 }])
    const answers = ['t4g.large', 't4g.medium', 't4g.medium', 't4g.medium'].map(
      (type) => faults.take(call, body(`Action=RunInstances&InstanceType=${type}`))?.code,
    )
    expect(answers).toEqual([undefined, noRoom.code, noRoom.code, undefined])
  })

  test.each([
    ['{}'],
    ['[{"call":"RunInstances","status":500,"code":"x","message":""}]'],
    ['[{"call":"ec2/RunInstances","status":200,"code":"x","message":""}]'],
    ['[{"call":"ec2/RunInstances","status":500,"code":"x","message":"","time":1}]'],
  ])('%s is no list of faults', (text) => expect(() => parseFaults(text)).toThrow())
})
