"""What tests find behind a port of a guest, and as a command: bytes nobody could guess, and sums of what comes."""

import hashlib
import random
import socketserver
import sys


def noise(count: int):
    source = random.Random(count)
    while count > 0:
        size = min(count, 1 << 16)
        yield source.randbytes(size)
        count -= size


class Peer(socketserver.StreamRequestHandler):
    """Takes one line: `give <bytes>`, `take <bytes>` (answers with their sha256), `echo` or `half` (sums until the end)."""

    def handle(self):
        words = self.rfile.readline().split()
        if words[0] == b"give":
            for part in noise(int(words[1])):
                self.wfile.write(part)
        elif words[0] == b"take":
            left, digest = int(words[1]), hashlib.sha256()
            while left > 0 and (part := self.rfile.read1(min(left, 1 << 16))):
                digest.update(part)
                left -= len(part)
            self.wfile.write(digest.hexdigest().encode())
        else:
            while part := self.rfile.read1(1 << 16):
                self.wfile.write(part)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if sys.argv[1] == "noise":
    for part in noise(int(sys.argv[2])):
        sys.stdout.buffer.write(part)
elif sys.argv[1] == "sum":
    digest = hashlib.sha256()
    for part in noise(int(sys.argv[2])):
        digest.update(part)
    print(digest.hexdigest())
else:
    Server(("127.0.0.1", int(sys.argv[2])), Peer).serve_forever()
