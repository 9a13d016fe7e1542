import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { names, tag } from '../../config/names.ts'
import { parseLock } from '../../images/lock.ts'
import { parseNetworkOutputs } from '../../scripts/sandbox/network.ts'
import { countCalls, renderCalls, sumCalls } from './calls.ts'
import { Lab } from './lab.ts'
import { findPacker, layOutPacker, type PackerGround } from './packer.ts'
import { planRatio, planRow, type Row } from './row.ts'
import { type Program, rotate, time } from './timed.ts'

const group = 'image'
const accountId = '111122223333'
const region = 'us-west-2'
const settings = { network: { endpoints: [] }, image: { swapMiB: 512 } }
const reuseRounds = 5

/** What the first build has left: the same bytes for both. */
const findGround = async (lab: Lab, imageId: string): Promise<PackerGround> => {
  const sdk = await lab.session.sdkConfig()
  const s3 = new S3Client({ ...sdk, forcePathStyle: true })
  const read = async (Key: string): Promise<string> => {
    const { Body } = await s3.send(
      new GetObjectCommand({ Bucket: names.stateBucket(accountId, region), Key }),
    )
    return (await Body?.transformToString()) ?? ''
  }
  const { Images = [] } = await new EC2Client(sdk).send(new DescribeImagesCommand({ ImageIds: [imageId] }))
  const digest = Images[0]?.Tags?.find(({ Key }) => Key === tag.imageDigest)?.Value ?? ''
  const { payload, rootVolumeGiB } = JSON.parse(
    await read(names.imageRecordKey(digest, 'verification.json')),
  ) as { payload: string; rootVolumeGiB: number }
  const lock = parseLock(await read(names.imageRecordKey(digest, 'lock.json')), 'lock.json')
  const { outputs } = JSON.parse(await read(names.recordKey(names.networkStack))) as { outputs: object }
  const { subnetIds, builderGroupId = '' } = parseNetworkOutputs({ ...outputs })
  return {
    ...{ folder: lab.session.state, region, accountId, lock, payload, rootVolumeGiB },
    ...{ subnetId: subnetIds[0] ?? '', groupId: builderGroupId },
  }
}

interface Build {
  readonly seconds: number
  readonly calls: number
}

const measure = async (lab: Lab, who: string, program: Program): Promise<Build> => {
  const since = new Date()
  const { seconds } = await time(program)
  const calls = await countCalls(lab, since)
  lab.note(`${who}: ${renderCalls(calls)}`)
  return { seconds, calls: sumCalls(calls) }
}

const packerProgram = async (lab: Lab, imageId: string): Promise<Program> => {
  const ground = await findGround(lab, imageId)
  const env = { ...(await lab.targetEnvironment()), PACKER_CONFIG_DIR: ground.folder }
  const args = ['build', '-color=false', layOutPacker(ground)]
  return { command: 'packer', args, cwd: ground.folder, env }
}

/** The same image on the same gateway, in turns. Ours boots it once more, checks it and writes its records. */
const besidePacker = async (lab: Lab, imageId: string, runs: number): Promise<Row[]> => {
  const version = findPacker()
  if (version === undefined)
    lab.note('packer is not here, so nobody to be measured beside: apt-get install packer')
  const packer = version === undefined ? undefined : await packerProgram(lab, imageId)
  const [ours, theirs]: [Build[], Build[]] = [[], []]
  for (let run = 0; run < runs; run += 1) {
    ours.push(await measure(lab, 'image:build', lab.direct('image:build', '--rebuild')))
    if (packer !== undefined) theirs.push(await measure(lab, 'packer', packer))
  }
  const row = (what: string, unit: 's' | 'calls', builds: readonly Build[]) =>
    planRow(
      { group, what, unit },
      builds.map((build) => (unit === 's' ? build.seconds : build.calls)),
    )
  const all = [
    row('`image:build --rebuild` on a warm base: bake, verify on a second machine, publish', 's', ours),
    row('AWS calls of that', 'calls', ours),
  ]
  if (packer === undefined) return all
  return [
    ...all,
    row(`Packer ${version}, the same scripts by user data, no verification`, 's', theirs),
    row('AWS calls of that', 'calls', theirs),
    planRatio(
      { group, what: 'seconds, ours to Packer' },
      ours.map(({ seconds }) => seconds),
      theirs.map(({ seconds }) => seconds),
    ),
    planRatio(
      { group, what: 'AWS calls, ours to Packer' },
      ours.map(({ calls }) => calls),
      theirs.map(({ calls }) => calls),
    ),
  ]
}

const contest = async (lab: Lab, runs: number): Promise<Row[]> => {
  lab.note('a first image, with its network')
  const imageId = (await time(lab.direct('image:build'))).stdout.trim()
  const seconds = async (program: Program) => (await time(program)).seconds
  const again = await rotate(reuseRounds, {
    npm: () => seconds(lab.npm('image:build')),
    direct: () => seconds(lab.direct('image:build')),
  })
  return [
    planRow(
      { group, what: '`image:build` of an unchanged recipe by npm run -s', unit: 's', target: 3 },
      again.npm,
    ),
    planRow(
      { group, what: '`image:build` of an unchanged recipe without npm', unit: 's', target: 3 },
      again.direct,
    ),
    ...(await besidePacker(lab, imageId, runs)),
  ]
}

/** Golden images: what is there already, what has to be baked, and what others need for the same. */
export const benchImage = async (like: Lab, runs: number): Promise<Row[]> => {
  const lab = Lab.open((line) => like.note(line), settings).inherit(like)
  try {
    return await contest(lab, runs)
  } finally {
    await lab.close()
  }
}
