"""Opens sockets inside network namespaces of guests and hands them to the gateway that started this process.

A socket stays in the namespace where it was made, whoever holds it; so the gateway can listen inside a guest
without a process in there. Node cannot enter a namespace, and starting one Node per guest and per connection
costs 130 ms of processor time where a fork of this process, which is started once, costs 25 ms. The fork also is
what setns(2) demands: entering a user namespace needs a single thread.

It speaks what Node speaks between processes over the descriptor in NODE_CHANNEL_FD: lines of JSON, and beside a
line with cmd NODE_HANDLE the descriptor of a socket. Node promises that to Node programs only, but has kept it since
0.5; test/local/doors/opener.test.ts would be the first to know. It is the one way by which Node takes a descriptor.
https://github.com/nodejs/node/blob/v20.x/lib/internal/child_process.js
Standard library only, CPython 3.10 or newer. It ends when the gateway does.

requests: {"id", "pid", "do": "open", "addresses": [...], "listen": [{"door", "type", "host", "port"}]}
      or: {"id", "pid", "do": "dial", "host", "port", "seconds"}
answers: one handle for each socket, or {"id", "error", "code"}
"""
import array
import ctypes
import errno
import json
import os
import signal
import socket
import struct

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
# linux/rtnetlink.h, linux/netlink.h, linux/if_addr.h, linux/if.h
RTM_NEWLINK, RTM_NEWADDR = 16, 20
NLM_F_REQUEST, NLM_F_ACK, NLM_F_REPLACE, NLM_F_CREATE = 1, 4, 0x100, 0x400
IFA_ADDRESS, IFA_LOCAL = 1, 2
IFF_UP = 1
LOOPBACK = 1  # the first interface of every network namespace is lo

libc = ctypes.CDLL(None, use_errno=True)


def enter(pid, name, kind):
    path = f"/proc/{pid}/ns/{name}"
    if os.readlink(path) == os.readlink(f"/proc/self/ns/{name}"):
        # Never into our own network: what is opened there could be reached by everybody on this machine.
        if kind == CLONE_NEWNET:
            raise PermissionError(f"process {pid} is not in a network namespace of its own")
        return  # Guests of root's engine share our user namespace, and entering one's own is an error.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    if libc.setns(descriptor, kind) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
    os.close(descriptor)


def ask_kernel(netlink, kind, flags, body):
    netlink.send(struct.pack("=IHHII", 16 + len(body), kind, NLM_F_REQUEST | NLM_F_ACK | flags, 1, 0) + body)
    number = -struct.unpack_from("=i", netlink.recv(4096), 16)[0]
    if number != 0:
        raise OSError(number, os.strerror(number))


def add_addresses(addresses):
    """`ip link set lo up; ip addr replace <address>/32 dev lo`, without needing the ip program."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as netlink:
        ask_kernel(netlink, RTM_NEWLINK, 0, struct.pack("=BxHiII", 0, 0, LOOPBACK, IFF_UP, IFF_UP))
        for address in addresses:
            packed = socket.inet_aton(address)
            attributes = b"".join(struct.pack("=HH4s", 8, kind, packed) for kind in (IFA_LOCAL, IFA_ADDRESS))
            body = struct.pack("=BBBBI", socket.AF_INET, 32, 0, 0, LOOPBACK) + attributes
            ask_kernel(netlink, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, body)


def listen(door):
    stream = door["type"] == "tcp"
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM if stream else socket.SOCK_DGRAM)
    if stream:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((door["host"], door["port"]))
    if stream:
        made.listen(511)
    return made


def hand_over(channel, id, door, kind, made):
    made.setblocking(False)  # libuv takes the descriptor as it is
    line = {"cmd": "NODE_HANDLE", "type": kind, "dgramType": "udp4", "msg": {"id": id, "door": door}}
    rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [made.fileno()]))
    channel.sendmsg([json.dumps(line).encode() + b"\n"], [rights])


def serve(channel, request):
    enter(request["pid"], "user", CLONE_NEWUSER)
    enter(request["pid"], "net", CLONE_NEWNET)
    if request["do"] == "dial":
        made = socket.create_connection((request["host"], request["port"]), request["seconds"])
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return hand_over(channel, request["id"], "dialled", "net.Socket", made)
    add_addresses(request["addresses"])
    # All or none: they are handed over when the last of them is open.
    made = [(door, listen(door)) for door in request["listen"]]
    for door, one in made:
        hand_over(channel, request["id"], door["door"], "net.Server" if door["type"] == "tcp" else "dgram.Socket", one)


def explain(request, error):
    code = "ETIMEDOUT" if isinstance(error, TimeoutError) else errno.errorcode.get(error.errno or 0, "EUNKNOWN")
    return json.dumps({"id": request["id"], "error": str(error), "code": code}).encode() + b"\n"


def serve_and_end(channel, request):
    try:
        serve(channel, request)
    except OSError as error:
        channel.sendall(explain(request, error))
    except BaseException as error:  # a bug; whoever asked must not wait for ever
        channel.sendall(explain(request, OSError(f"{type(error).__name__}: {error}")))
    finally:
        os._exit(0)


def main():
    channel = socket.socket(fileno=int(os.environ["NODE_CHANNEL_FD"]))
    channel.setblocking(True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the gateway, which ends us
    try:
        for line in channel.makefile("rb"):
            request = json.loads(line)
            # Everything else on this line are acknowledgements of Node.
            if "do" in request and os.fork() == 0:
                serve_and_end(channel, request)
    except ConnectionError:
        pass  # the gateway was killed


main()
