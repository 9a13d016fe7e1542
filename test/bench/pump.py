"""Behind a port of a guest: takes or gives bytes as fast as it can.

One line says what: `take <bytes>` (answers `.` when it has them) or `give <bytes>`.
"""

import socketserver
import sys

piece = bytes(1 << 18)


class Pump(socketserver.BaseRequestHandler):
    def handle(self):
        line = b""
        while not line.endswith(b"\n"):
            line += self.request.recv(1)
        what, count = line.split()[0], int(line.split()[1])
        taken = bytearray(1 << 18)
        while count > 0 and what == b"take":
            size = self.request.recv_into(taken)
            if size == 0:
                return
            count -= size
        while count > 0:
            self.request.sendall(piece[:count])
            count -= len(piece)
        self.request.sendall(b"." if what == b"take" else b"")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("127.0.0.1", int(sys.argv[1])), Pump).serve_forever()
