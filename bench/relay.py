"""
A process that stands between a QEMU and the network and does nothing but pass on what comes; two make a tunnel.

    relay.py source copy|splice UNIX-SOCKET HOST PORT    listens for QEMU, connects to the other relay
    relay.py destination copy|splice PORT UNIX-SOCKET    listens for the other relay, connects to QEMU

Between the two go packets as in a stream of the remote protocol: 28 bytes, then at most 262,120. When the guest is through,
the relay prints the processor seconds it has taken.
"""

import fcntl
import os
import resource
import socket
import struct
import sys

HEADER = 28
MOST = 262_120
PIPE = 1 << 20
SEND_BUFFER = 262_144


def pipe():
    out, into = os.pipe()
    fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, PIPE)
    return out, into


def header(size):
    return struct.pack(">7I", HEADER + size, 0x20008086, 1, 304, 3, 0, 2)


def source_copy(qemu, network):
    buffer = memoryview(bytearray(MOST))
    while size := qemu.recv_into(buffer):
        sent = network.sendmsg([header(size), buffer[:size]])
        network.sendall(buffer[max(0, sent - HEADER):size])


def source_splice(qemu, network):
    out, into = pipe()
    while size := os.splice(qemu.fileno(), into, MOST):
        network.send(header(size), socket.MSG_MORE)
        while size:
            size -= os.splice(out, network.fileno(), size)


def packets(network):
    while head := network.recv(HEADER, socket.MSG_WAITALL):
        yield struct.unpack_from(">I", head)[0] - HEADER


def destination_copy(network, qemu):
    buffer = memoryview(bytearray(MOST))
    for size in packets(network):
        while size:
            some = network.recv_into(buffer[:size])
            qemu.sendall(buffer[:some])
            size -= some


def destination_splice(network, qemu):
    out, into = pipe()
    for size in packets(network):
        while size:
            some = os.splice(network.fileno(), into, size)
            size -= some
            while some:
                some -= os.splice(out, qemu.fileno(), some)


def relay(side, how, *where):
    pass_on = globals()[f"{side}_{how}"]
    if side == "source":
        path, host, port = where
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        listening.listen(1)
    else:
        port, path = where
        listening = socket.create_server(("", int(port)))
    print("listens", flush=True)
    incoming = listening.accept()[0]
    listening.close()
    if side == "source":
        outgoing = socket.create_connection((host, int(port)))
        outgoing.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    else:
        outgoing = socket.socket(socket.AF_UNIX)
        outgoing.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        outgoing.connect(path)
    before = resource.getrusage(resource.RUSAGE_SELF)
    pass_on(incoming, outgoing)
    outgoing.close()
    after = resource.getrusage(resource.RUSAGE_SELF)
    print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


relay(*sys.argv[1:])
