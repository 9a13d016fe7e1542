// What a guest sees of AWS, inside the guest's network: the metadata service, Systems Manager and the package
// repository. Started with nsenter. Each call to Systems Manager is one line of JSON on stdout.
import { readFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { join } from 'node:path'

const { userData, role, publicKey, key, cert, repository } = JSON.parse(process.argv[2])
const region = 'us-west-2'
const latest = {
  '/latest/meta-data/instance-id': 'i-0123456789abcdef0',
  '/latest/meta-data/local-hostname': 'ip-10-20-16-4.us-west-2.compute.internal',
  '/latest/meta-data/placement/region': region,
  '/latest/meta-data/public-keys/0/openssh-key': publicKey,
  '/latest/dynamic/instance-identity/document': `{\n  "instanceId" : "i-0123456789abcdef0",\n  "privateIp" : "10.20.16.4",\n  "region" : "${region}"\n}`,
  '/latest/meta-data/iam/security-credentials/': role,
  [`/latest/meta-data/iam/security-credentials/${role}`]:
    role &&
    '{\n "AccessKeyId" : "ASIAEXAMPLE",\n "SecretAccessKey" : "secret/+=",\n "Token" : "tok/en+=="\n}',
}

const metadata = createHttp((request, response) => {
  if (request.method === 'PUT' && request.url === '/latest/api/token') return response.end('t0ken')
  if (request.headers['x-aws-ec2-metadata-token'] !== 't0ken') return response.writeHead(401).end()
  const body =
    request.url === '/latest/user-data' ? userData && Buffer.from(userData, 'base64') : latest[request.url]
  return body ? response.end(body) : response.writeHead(404).end()
})

const serveFile = (path, response) => {
  try {
    response.end(readFileSync(join(repository, path)))
  } catch {
    response.writeHead(404).end()
  }
}

const aws = createHttps({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
  if (request.headers.host?.startsWith('al2023-repos-')) return serveFile(request.url, response)
  let body = ''
  request.on('data', (part) => {
    body += part
  })
  request.on('end', () => {
    process.stdout.write(`${JSON.stringify({ headers: request.headers, body })}\n`)
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{}')
  })
})

metadata.listen(80, '169.254.169.254')
aws.listen(443, '169.254.169.253')
