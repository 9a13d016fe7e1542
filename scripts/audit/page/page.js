// Runs in a browser, from the file itself. What CloudTrail says is other people's text: it becomes text, never markup.
const { rows, bands, from, until } = JSON.parse(document.getElementById('data').textContent)
const lanes = ['readonly', 'elevated', 'machine', 'login', 'other']
const find = (id) => document.getElementById(id)
const list = find('list')
const canvas = find('picture')
const rowHeight = 26

for (const row of rows) {
  row.at = Date.parse(row.time)
  row.words = JSON.stringify(row).toLowerCase()
}

/** The picture begins and ends with what there is to see, and a margin. */
const decideWhole = () => {
  if (rows.length === 0) return [from, until]
  const ends = [rows[0].at, rows.at(-1).at]
  const margin = Math.max(60_000, (ends[1] - ends[0]) * 0.02)
  return [ends[0] - margin, ends[1] + margin]
}

const whole = decideWhole()
let shown = rows
let span = whole

const decideShown = () => {
  const words = find('search').value.toLowerCase().split(/\s+/).filter(Boolean)
  const chosen = new Set(lanes.filter((lane) => find(`role-${lane}`).checked))
  const [writes, denied, beats] = ['writes', 'denied', 'heartbeats'].map((id) => find(id).checked)
  return rows.filter(
    (row) =>
      chosen.has(row.role) &&
      (!writes || row.writes) &&
      (!denied || row.denied) &&
      (beats || row.kind !== 'heartbeat' || row.result !== 'ok') &&
      row.at >= span[0] &&
      row.at <= span[1] &&
      words.every((word) => row.words.includes(word)),
  )
}

const cell = (text) => {
  const part = document.createElement('span')
  part.textContent = text
  part.title = text
  return part
}

const showDetail = (row) => {
  const { at, words, ...plain } = row
  find('detail').textContent = JSON.stringify(plain, null, 2)
  const link = find('log')
  link.hidden = row.log === null
  if (row.log === null) return
  // The console wants the names encoded twice, with $ for the second per cent sign.
  const [group, stream] = [row.log.group, row.log.stream].map((name) =>
    encodeURIComponent(encodeURIComponent(name)).replaceAll('%', '$'),
  )
  link.href = `https://${row.region}.console.aws.amazon.com/cloudwatch/home?region=${row.region}#logsV2:log-groups/log-group/${group}/log-events/${stream}`
}

const makeLine = (row, index) => {
  const line = document.createElement('button')
  line.type = 'button'
  line.className = ['row', row.window && 'window', row.result !== 'ok' && 'failed'].filter(Boolean).join(' ')
  line.style.top = `${index * rowHeight}px`
  line.append(...[row.time, row.role, row.call, row.result, row.what || row.who].map(cell))
  line.addEventListener('click', () => showDetail(row))
  return line
}

/** Only the lines in sight exist: ten thousand would take a browser seconds. */
const drawList = () => {
  const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - 10)
  const count = Math.ceil(list.clientHeight / rowHeight) + 20
  const lines = shown.slice(first, first + count).map((row, index) => makeLine(row, first + index))
  find('lines').style.height = `${shown.length * rowHeight}px`
  find('lines').replaceChildren(...lines)
}

const drawPicture = () => {
  const ratio = window.devicePixelRatio || 1
  const [width, height] = [canvas.clientWidth, canvas.clientHeight]
  canvas.width = width * ratio
  canvas.height = height * ratio
  const pen = canvas.getContext('2d')
  pen.scale(ratio, ratio)
  const style = getComputedStyle(document.body)
  const colour = (name) => style.getPropertyValue(name)
  const left = 80
  const step = (height - 22) / lanes.length
  const place = (at) => left + ((at - span[0]) / Math.max(1, span[1] - span[0])) * (width - left - 10)
  pen.font = '12px system-ui, sans-serif'
  for (const band of bands) {
    const [begin, end] = [Math.max(place(band.from), left), Math.min(place(band.until), width - 10)]
    if (end < left || begin > width - 10) continue
    pen.fillStyle = colour('--band')
    pen.fillRect(begin, 0, Math.max(2, end - begin), height - 22)
    pen.fillStyle = style.color
    pen.fillText(band.reason ?? 'no reason recorded', begin + 3, 11)
  }
  lanes.forEach((lane, index) => {
    pen.fillStyle = colour('--soft')
    pen.fillText(lane, 4, index * step + step / 2 + 10)
    pen.fillStyle = colour('--line')
    pen.fillRect(left, index * step + step / 2 + 6, width - left - 10, 1)
  })
  for (const row of shown) {
    const middle = lanes.indexOf(row.role) * step + step / 2 + 6
    pen.fillStyle = row.result === 'ok' ? style.color : colour('--bad')
    const size = row.writes ? 10 : 5
    pen.globalAlpha = row.kind === 'heartbeat' ? 0.2 : 0.7
    pen.fillRect(place(row.at) - 1, middle - size / 2, 2, size)
  }
  pen.globalAlpha = 1
  pen.fillStyle = colour('--soft')
  const label = (at) => new Date(at).toISOString().slice(0, 16).replace('T', ' ')
  pen.fillText(label(span[0]), left, height - 6)
  pen.textAlign = 'right'
  pen.fillText(`${label(span[1])} UTC`, width - 10, height - 6)
  pen.textAlign = 'left'
}

const draw = () => {
  shown = decideShown()
  list.scrollTop = 0
  find('count').textContent = `${shown.length} of ${rows.length} events`
  drawList()
  drawPicture()
}

/** A stretch that is drawn with the mouse is looked at closer; a double click goes back. */
let pressed
const timeAt = (event) => {
  const share = (event.offsetX - 80) / Math.max(1, canvas.clientWidth - 90)
  return span[0] + Math.min(1, Math.max(0, share)) * (span[1] - span[0])
}
canvas.addEventListener('mousedown', (event) => {
  pressed = timeAt(event)
})
canvas.addEventListener('mouseup', (event) => {
  const ends = [pressed, timeAt(event)].sort((a, b) => a - b)
  if (pressed !== undefined && ends[1] - ends[0] > 1000) span = ends
  pressed = undefined
  draw()
})
canvas.addEventListener('dblclick', () => {
  span = whole
  draw()
})

find('filter').addEventListener('input', draw)
find('filter').addEventListener('submit', (event) => event.preventDefault())
list.addEventListener('scroll', drawList)
window.addEventListener('resize', () => {
  drawList()
  drawPicture()
})
draw()
document.body.dataset.ready = 'yes'
