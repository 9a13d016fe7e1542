import { once } from 'node:events'
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { UserError } from '../../config/user-error.ts'
import { writeBytes } from '../../home/files.ts'
import type { Band } from './bands.ts'
import { renderCsv, renderCsvHead, renderJson } from './render-csv.ts'
import { renderPage } from './render-page.ts'
import { renderTimeline } from './render-text.ts'
import type { Row } from './row.ts'

/** A slow reader slows us down; otherwise all of it would wait in our memory. */
const print = async (output: Writable, line: string): Promise<void> => {
  if (!output.write(`${line}\n`)) await once(output, 'drain')
}

/** Line by line, newest first, as CloudTrail gives it: nothing is held back. */
export const streamRows = async (
  rows: AsyncIterable<Row>,
  format: 'json' | 'csv',
  output: Writable,
): Promise<number> => {
  let count = 0
  if (format === 'csv') await print(output, renderCsvHead())
  for await (const row of rows) {
    await print(output, format === 'csv' ? renderCsv(row) : renderJson(row))
    count += 1
  }
  return count
}

/** More than this is no reading for people; a page of it takes a browser seconds, too. */
const most = 100_000

/** Oldest first: what is told as a story has to be known whole. */
export const gatherRows = async (rows: AsyncIterable<Row>): Promise<readonly Row[]> => {
  const found: Row[] = []
  for await (const row of rows) {
    found.push(row)
    if (found.length > most)
      throw new UserError(`there are more than ${most} events`, {
        hint: 'a shorter --since, --writes or --denied; --json and --csv take any number',
      })
  }
  return found.reverse()
}

export const printTimeline = async (
  rows: readonly Row[],
  bands: readonly Band[],
  output: Writable,
): Promise<void> => {
  for (const line of renderTimeline(rows, bands)) await print(output, line)
}

/** A device or a pipe would be replaced, not written to; a folder that is mistyped would be made. */
const refusePlace = (file: string): void => {
  const there = statSync(file, { throwIfNoEntry: false })
  const fitting = there === undefined ? isFolder(dirname(resolve(file))) : there.isFile()
  if (fitting) return
  throw new UserError(
    `cannot write ${file}: ${there === undefined ? 'there is no such folder' : 'it is no file'}`,
    {
      hint: '--html <a file in a folder that exists>',
    },
  )
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

export const writePage = async (
  file: string,
  root: string,
  story: Parameters<typeof renderPage>[0],
): Promise<void> => {
  refusePlace(file)
  const part = (name: string) => readFile(join(root, 'scripts', 'audit', 'page', name), 'utf8')
  const page = renderPage(story, { css: await part('page.css'), js: await part('page.js') })
  try {
    // Who did what is not for everybody on this computer, whatever the page before it was.
    writeBytes(resolve(file), Buffer.from(page).toString('latin1'), 0o600)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UserError(`cannot write ${file}: ${code ?? message}`, { hint: '--html <a file you may write>' })
  }
}
