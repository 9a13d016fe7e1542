import type { UserName } from '../../../config/user-name.ts'
import { install, uninstall } from '../../../connect/ssh-config/installation.ts'
import { planSshPlace } from '../../../connect/ssh-config/place.ts'
import { blockOf } from './fixture.ts'

/** A process that writes a sandbox and removes it again, over and over: worker.ts <home> <user> <times> <end> */
const [, , home = '', name = '', times = '0', end = 'written'] = process.argv
const place = planSshPlace(home)
const user = name as UserName
const include = 'Include kiro-sandbox/*.conf'
const write = () => install(place, user, blockOf(place, user, 'i-0a'), include)
for (let time = 0; time < Number(times); time += 1) {
  await write()
  await uninstall(place, user, include)
}
if (end === 'written') await write()
