import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../../scripts/audit/transcripts/report.ts'
import { openSession, type Session } from './cli.ts'

const minutes = 60_000

/**
 * Runs real AWS calls and keeps a chat about them as kiro-cli does (V2; the form is that of
 * test/audit/transcripts/chats.ts), so that the two can be joined.
 */
const player = `
import json, os, subprocess, time
folder = os.path.expanduser("~/.kiro/sessions/cli"); os.makedirs(folder, exist_ok=True)
def play(id, agent, prompt, commands):
    start = int(time.time()); lines = []
    keep = lambda kind, data: lines.append(json.dumps({"version": "v1", "kind": kind, "data": data}))
    keep("Prompt", {"content": [{"kind": "text", "data": prompt}], "meta": {"timestamp": start}})
    for n, command in enumerate(commands):
        use = {"toolUseId": f"t{n}", "name": "shell", "input": {"command": command}}
        keep("AssistantMessage", {"content": [{"kind": "toolUse", "data": use}]})
        ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
        said = {"exit_status": f"exit status: {ran.returncode}", "stdout": ran.stdout, "stderr": ran.stderr}
        keep("ToolResults", {"content": [{"kind": "toolResult", "data": {"toolUseId": f"t{n}", "status": "success", "content": [{"kind": "json", "data": said}]}}]})
    keep("Brainwave", {})
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    open(f"{folder}/{id}.jsonl", "w").write("\\n".join(lines) + "\\n")
    meta = {"session_id": id, "cwd": "/home/kiro", "created_at": now, "updated_at": now, "session_state": {"agent_name": agent, "conversation_metadata": {"user_turn_metadatas": [{"end_timestamp": now}]}}}
    json.dump(meta, open(f"{folder}/{id}.json", "w"))
secret = "hunter2" + "-planted"
play("chat-1", "readonly", "look at the VPCs\\nand nothing else", ["aws ec2 describe-vpcs --debug", f"DB_PASSWORD={secret} aws s3 mb s3://a-bucket-of-mine", "true"])
subprocess.run(["aws", "ec2", "describe-regions"], capture_output=True)
`

describe.sequential('what agents asked for, and what CloudTrail saw of it', () => {
  let session: Session
  let report: Report
  let said = ''
  beforeAll(async () => {
    session = openSession({})
    const up = await session.run('sandbox:up', '--user', 'alice')
    expect([up.code, up.stderr]).toEqual([0, expect.any(String)])
    const text = Buffer.from(player).toString('base64')
    const played = await session.run(
      ...['ssm:connect', '--user', 'alice', '--command'],
      `echo ${text} | base64 -d | python3 -I -`,
    )
    expect(played).toMatchObject({ code: 0 })
    const { code, stdout, stderr } = await session.run('audit:transcripts', '--user', 'alice', '--json')
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 chat, 3 tool calls')])
    said = stdout + stderr
    report = JSON.parse(stdout) as Report
  }, 8 * minutes)
  afterAll(() => session.close(), minutes)

  test('each call stands below the tool call that made it, with how that is known', () => {
    const [chat] = report.sessions
    expect([chat?.id, chat?.agent, chat?.harness, chat?.prompts[0]?.text]).toEqual([
      ...['chat-1', 'readonly', 'v2', 'look at the VPCs'],
    ])
    const told = chat?.prompts[0]?.calls.map(({ input, exit, events, missing }) => [
      ...[input, exit, missing.length],
      events.map(({ role, call, result, matched, oneOfCalls }) => [role, call, result, matched, oneOfCalls]),
    ])
    expect(told).toEqual([
      ['aws ec2 describe-vpcs --debug', 0, 0, [['readonly', 'ec2:DescribeVpcs', 'ok', 'request id', 1]]],
      [
        ...['DB_PASSWORD=[redacted] aws s3 mb s3://a-bucket-of-mine', 1, 0],
        [['readonly', 's3:CreateBucket', 'AccessDenied', 'time and call', 1]],
      ],
      ['true', 0, 0, []],
    ])
  })

  test('a call that no tool call names is told as such', () => {
    expect(report.withoutToolCall.map(({ role, call }) => [role, call])).toContainEqual([
      ...['readonly', 'ec2:DescribeRegions'],
    ])
  })

  test('a secret is in no answer, unknown records are counted, and the form is called undocumented', () => {
    expect(said).not.toContain('hunter2')
    expect(said).toContain('records of a kind that is not known here: Brainwave 1')
    expect(said).toContain('Kiro documents where these files lie and not what is in them')
  })

  test('no chat passed through a session whose words are kept', async () => {
    const args = [
      'logs',
      'filter-log-events',
      '--log-group-name',
      '/kiro-sandbox/sessions',
      '--output',
      'json',
    ]
    const { stdout } = await session.exec('aws', args)
    // The host keys did, so the log is no empty one.
    expect(stdout).toContain('ssh-ed25519')
    expect(stdout).not.toMatch(/hunter2|look at the VPCs/)
  })
})
