import { createHash } from 'node:crypto'
import type { Band } from './bands.ts'
import { inertText } from './inert.ts'
import type { Row } from './row.ts'
import { roles } from './subject.ts'

export interface PageParts {
  readonly css: string
  readonly js: string
}

export interface PageStory {
  readonly user: string
  /** Milliseconds since 1970. */
  readonly from: number
  readonly until: number
  readonly bands: readonly Band[]
  /** Oldest first. */
  readonly rows: readonly Row[]
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const markup = (text: string): string =>
  inertText(text).replace(/[&<>"']/g, (character) => entities[character] ?? '')

/** Inside a script element nothing but `</script` and `<!--` mean anything; without `<` there is neither. */
const renderData = (story: PageStory): string => inertText(JSON.stringify(story)).replaceAll('<', '\\u003c')

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const iso = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')

const renderBand = ({ from, until, reason, by, allow, closed, mode }: Band): string =>
  `<li>${iso(from)} to ${iso(until)}${closed ? ', closed by hand' : ''}: ${markup(
    mode === 'foreign' ? 'a policy that is no window of ours' : (reason ?? 'no reason recorded'),
  )} (${markup([by ?? 'nobody recorded', ...(allow ?? [])].join(' '))})</li>`

const box = (id: string, label: string, checked: boolean): string =>
  `<label><input type="checkbox" id="${id}"${checked ? ' checked' : ''}> ${label}</label>`

/**
 * One file that needs nothing else and asks nobody: its policy lets this script run and no other, and no network.
 * https://www.w3.org/TR/CSP3/#external-hash
 */
export const renderPage = (story: PageStory, { css, js }: PageParts): string => {
  const { user, from, until, bands } = story
  const policy = `default-src 'none'; script-src ${hash(js)}; style-src ${hash(css)}; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${markup(user)}: audit</title>
<style>${css}</style>
</head>
<body>
<h1>${markup(user)}</h1>
<p>${iso(from)} to ${iso(until)} UTC, by CloudTrail. <span id="count"></span></p>
<canvas id="picture" role="img" aria-label="when which role made calls, with the elevation windows"></canvas>
<ul id="windows">${bands.map(renderBand).join('')}</ul>
<form id="filter">
<input type="search" id="search" placeholder="words: a call, a resource, an address" aria-label="search">
${roles.map((role) => box(`role-${role}`, role, true)).join('\n')}
${box('writes', 'writes only', false)}
${box('denied', 'denied only', false)}
${box('heartbeats', "the machine's own calls", false)}
</form>
<div id="list"><div id="lines"></div></div>
<p><a id="log" hidden rel="noreferrer">its log in CloudWatch</a></p>
<pre id="detail">Choose a line to see all of it.</pre>
<script type="application/json" id="data">${renderData(story)}</script>
<script>${js}</script>
</body>
</html>
`
}
