import { createOpener } from '../../../local/doors/opener.ts'
import { python, root } from '../control/fixture.ts'

// Stands in for a gateway that is killed: opens a door in the guest that it is given, says so, and stays.
const opener = createOpener({ root, python, log: console.error })
const metadata = { door: 'metadata', type: 'tcp', host: '169.254.169.254', port: 80 } as const
await opener.open(Number(process.argv[2]), ['169.254.169.254'], [metadata], () => {})
console.log('open')
