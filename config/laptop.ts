import * as z from 'zod'
import { names } from './names.ts'

const account = z.string().regex(/^\d{12}$/, 'the 12 digits of an AWS account, as a string')

const permissionSet = z
  .string()
  .regex(/^[A-Za-z0-9+=,.@_-]{1,32}$/, 'the name of a permission set of IAM Identity Center')

const { permissionSets } = names.laptop

/** Where IAM Identity Center is; the same words as for the login to Kiro. */
export const identityCenter = {
  startUrl: z
    .string()
    .regex(
      /^https:\/\/[a-zA-Z0-9./_-]{1,200}$/,
      'the start URL of IAM Identity Center such as https://acme.awsapps.com/start',
    )
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region such as eu-west-1')
    .optional(),
}

/** What Kiro sees of AWS on an engineer's own computer. */
export const laptopSettings = z
  .strictObject({
    startUrl: identityCenter.startUrl.describe('where engineers log in to AWS; without it as login.startUrl'),
    ssoRegion: identityCenter.region.describe('region of that IAM Identity Center; needed with startUrl'),
    region: identityCenter.region.describe('where the profiles look at; without it as region'),
    devAccountId: account
      .optional()
      .describe('account of kiro-readonly and kiro-dev-write; without it as accountId'),
    prodAccountId: account
      .optional()
      .describe('account of kiro-prod-readonly; without it there is no such profile'),
    prodWrite: z
      .boolean()
      .default(false)
      .describe('also the profile kiro-prod-write, for the few things Kiro may change in production'),
    permissionSets: z
      .strictObject({
        readonly: permissionSet.default(permissionSets.readonly).describe('of kiro-readonly'),
        devWrite: permissionSet.default(permissionSets.devWrite).describe('of kiro-dev-write'),
        prodReadonly: permissionSet.default(permissionSets.prodReadonly).describe('of kiro-prod-readonly'),
        prodWrite: permissionSet.default(permissionSets.prodWrite).describe('of kiro-prod-write'),
      })
      .prefault({}),
  })
  .refine(
    ({ startUrl, ssoRegion }) => (startUrl === undefined) === (ssoRegion === undefined),
    'startUrl and ssoRegion together, or neither',
  )
  .refine(
    ({ prodWrite, prodAccountId }) => !prodWrite || prodAccountId !== undefined,
    'prodWrite with prodAccountId',
  )
