// Stands for a metadata service and for a container's endpoint: hands out keys to whoever asks.
import { createServer } from 'node:http'

const keys = {
  Code: 'Success',
  Type: 'AWS-HMAC',
  AccessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  SecretAccessKey: 'secret',
  Token: 'token',
  Expiration: '2099-01-01T00:00:00Z',
  LastUpdated: '2020-01-01T00:00:00Z',
}

const server = createServer((request, response) => {
  const path = request.url ?? ''
  if (path.endsWith('/api/token')) response.setHeader('X-aws-ec2-metadata-token-ttl-seconds', '60').end('t')
  else if (path.endsWith('/security-credentials/')) response.end('a-role')
  else response.end(JSON.stringify(keys))
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
