import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAnswer } from '../../../scripts/audit/transcripts/parse-answer.ts'
import { parseFiles } from '../../../scripts/audit/transcripts/read-files.ts'
import { collectFromFolder } from '../../../scripts/audit/transcripts/read-folder.ts'
import { root } from '../../e2e/cli.ts'
import { classicState, v2Files, v2Meta, v2Records, v3Files } from './chats.ts'

const program = readFileSync(join(root, 'scripts', 'audit', 'transcripts', 'collect.py'), 'utf8')
const uses = [{ id: 't1', tool: 'shell', input: { command: 'true' } }]
let home: string

const seed = `
import json, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("create table auth_kv (key text primary key, value text)")
database.execute("insert into auth_kv values ('login', 'the-login-itself')")
database.execute("create table conversations_v2 (key text, conversation_id text, value text, created_at integer, updated_at integer)")
database.execute("insert into conversations_v2 values ('/home/kiro', 'classic-1', ?, 1, 4000000000000)", (sys.stdin.read(),))
database.commit()
`

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'kiro-chats-'))
  const files = [
    ...v2Files('v2-1', v2Records('one', '10:00:00', uses), v2Meta('v2-1', 'readonly')),
    ...v3Files('v3-1', 'elevated', 'two', '11:00:00', uses),
  ]
  for (const { path, text } of files) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  writeFileSync(join(home, 'outside.jsonl'), 'not-to-be-read')
  symlinkSync(join(home, 'outside.jsonl'), join(home, '.kiro', 'sessions', 'cli', 'link.jsonl'))
  const data = join(home, '.local', 'share', 'kiro-cli')
  mkdirSync(data, { recursive: true })
  const input = JSON.stringify(classicState('classic-1', 'three', '09:00:00', uses))
  execFileSync('python3', ['-I', '-c', seed, join(data, 'data.sqlite3')], { input })
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const chats = (files: Parameters<typeof parseFiles>[0]) =>
  parseFiles(files)
    .transcripts.map(({ id, agent, turns }) => `${id} ${agent} ${turns[0]?.prompt}`)
    .sort()
const all = ['classic-1 readonly three', 'sess_v3-1 elevated two', 'v2-1 readonly one']
const collect = (since: number): string =>
  execFileSync('python3', ['-I', '-', 'mark', String(since), home], { input: program, encoding: 'utf8' })

test('a sandbox gives its chats of all three forms, follows no link and does not show the login beside them', () => {
  const text = `hello from .bashrc\n${collect(0)}`
  const { files, left, why } = parseAnswer(text, 'mark')
  expect([chats(files), left, why]).toEqual([all, 0, undefined])
  expect(text).not.toMatch(/not-to-be-read|the-login-itself/)
})

test('what was written before the time that is asked for stays where it is', () => {
  expect(chats(parseAnswer(collect(Date.now() / 1000 + 3600), 'mark').files)).toEqual([
    'classic-1 readonly three',
  ])
})

test('an answer that does not come to its end is not taken for a whole one', () => {
  expect(() => parseAnswer(collect(0).split('\n').slice(0, -2).join('\n'), 'mark')).toThrow(
    'did not arrive whole',
  )
  expect(() => parseAnswer('-bash: python3: not found', 'mark')).toThrow('python3: not found')
})

test('a copied folder tells the same, from a home or from the folder of the chats alone', async () => {
  const { files, why } = await collectFromFolder(join(home), program)
  expect([chats(files), why]).toEqual([all, undefined])
  const below = await collectFromFolder(join(home, '.kiro', 'sessions', 'cli'), program)
  expect(chats(below.files)).toEqual(['v2-1 readonly one'])
})

test('a folder without chats, and one that is not there, are named', async () => {
  await expect(collectFromFolder(join(root, 'config'), program)).rejects.toThrow("no chats of Kiro's")
  await expect(collectFromFolder('/nowhere/at all', program)).rejects.toThrow('ENOENT')
})
