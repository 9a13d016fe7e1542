import { lstatSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { removeFile, writeBytes } from '../../home/files.ts'

const home = mkdtempSync(join(tmpdir(), 'kiro-files-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const modeOf = (file: string) => statSync(file).mode & 0o777

test('permissions that are asked for are given, also when the bytes are right already', () => {
  const file = join(home, 'mode')
  writeFileSync(file, 'x', { mode: 0o644 })
  expect(writeBytes(file, 'x')).toBe(false)
  expect(writeBytes(file, 'x', 0o600)).toBe(true)
  expect(modeOf(file)).toBe(0o600)
  expect(writeBytes(file, 'x', 0o600)).toBe(false)
})

test('a link to a file that is not there makes that file, and stays when the file goes', () => {
  const link = join(home, 'link')
  symlinkSync('dotfiles/zshrc', link)
  writeBytes(link, 'x')
  expect(readFileSync(join(home, 'dotfiles', 'zshrc'), 'utf8')).toBe('x')
  removeFile(link)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect(() => statSync(link)).toThrow('ENOENT')
})

test('links in a circle are an error, not a hang', () => {
  symlinkSync('b', join(home, 'a'))
  symlinkSync('a', join(home, 'b'))
  expect(() => writeBytes(join(home, 'a'), 'x')).toThrow('ELOOP')
})
