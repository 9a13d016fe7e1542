"""Runs a program in a terminal of its own, for a test to sit at.

argv: columns, rows, then the program. stdin: one JSON a line: {"type": "<base64>"}, {"resize": [columns, rows]} or
{"signal": number}. stdout: what the terminal shows. Descriptor 3, at the end: {"code": number, "restored": bool}.
"""

import base64
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios


def resize(descriptor: int, columns: int, rows: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def own_terminal() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def obey(line: bytes, master: int, child: subprocess.Popen) -> None:
    order = json.loads(line)
    if "type" in order:
        os.write(master, base64.b64decode(order["type"]))
    if "resize" in order:
        resize(master, *order["resize"])
    if "signal" in order:
        child.send_signal(order["signal"])


def main() -> None:
    columns, rows, argv = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    master, slave = pty.openpty()
    resize(master, columns, rows)
    before = termios.tcgetattr(slave)
    child = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, preexec_fn=own_terminal)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    orders, listening = b"", [master, 0]
    while True:
        readable, _, _ = select.select(listening, [], [], 0.02)
        if master in readable:
            os.write(1, os.read(master, 65536))
        if 0 in readable:
            piece = os.read(0, 65536)
            if not piece:
                listening.remove(0)
                child.send_signal(signal.SIGHUP)
            *lines, orders = (orders + piece).split(b"\n")
            for line in lines:
                obey(line, master, child)
        if not readable and child.poll() is not None:
            break
    code = child.returncode if child.returncode >= 0 else 128 - child.returncode
    restored = termios.tcgetattr(slave) == before
    os.write(3, json.dumps({"code": code, "restored": restored}).encode())


main()
