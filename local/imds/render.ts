import type { Reply } from '../gateway/reply.ts'
import { type Directory, isDirectory } from './tree.ts'

const problems = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
} as const

// Every connection ends with its answer, as on EC2.
const common = [
  ['server', 'EC2ws'],
  ['connection', 'close'],
] as const

/** The page that EC2's web server sends, letter by letter: there are clients that show it, and tests that match it. */
const renderPage = (title: string): string => `<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
\t"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>${title}</title>
 </head>
 <body>
  <h1>${title}</h1>
 </body>
</html>
`

export const renderProblem = (status: keyof typeof problems): Reply => ({
  status,
  headers: [['content-type', 'text/html'], ...common],
  body: Buffer.from(renderPage(`${status} - ${problems[status]}`)),
})

export const renderRedirect = (path: string): Reply => ({
  status: 301,
  headers: [['location', `http://169.254.169.254${path}`], ...common],
  body: Buffer.alloc(0),
})

export const renderLeaf = (value: string | Buffer, headers: Reply['headers'] = []): Reply => ({
  status: 200,
  headers: [
    ['content-type', typeof value === 'string' ? 'text/plain' : 'application/octet-stream'],
    ['accept-ranges', 'none'],
    ...headers,
    ...common,
  ],
  body: Buffer.from(value),
})

export const renderDirectory = ({ entries, listing }: Directory): Reply =>
  renderLeaf(
    listing ??
      Object.entries(entries)
        .map(([name, node]) => (isDirectory(node) ? `${name}/` : name))
        .sort()
        .join('\n'),
  )
