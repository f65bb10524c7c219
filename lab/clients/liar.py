#!/usr/bin/python3
"""A peer that does not play by the rules: stands between a daemon that sends a guest through a tunnel and the
one that takes it, passes on what they say, and after a while does something else.

    liar.py DESTINATION-HOST MODE AFTER-BYTES

Listens on libvirt's port for plain TCP. Counts the bytes of guest's data from the source; after so many:

    stall     passes on nothing more, either way, and keeps both connections open
    garbage   sends random bytes both ways in place of messages
    payload   keeps the messages' form, and puts random bytes in place of the guest's data
    half      says to the source that it will send nothing more, and goes on reading
    close     closes both connections
    flood     sends the source a GiB of data through the tunnel that it only ever writes to

Prints "listening", and "lying" when it begins.
"""

import os
import socket
import struct
import sys
import threading

PORT = 16509
HEADER = struct.Struct(">IIIIIII")  # length, program, version, procedure, type, serial, status
STREAM = 3
CONTINUE = 2
PIECE = 256 * 1024


def exactly(connection, count):
    data = bytearray()
    while len(data) < count:
        more = connection.recv(min(count - len(data), 1 << 20))
        if not more:
            raise EOFError
        data += more
    return data


class Between:
    def __init__(self, source, destination, mode, after):
        self.source = source
        self.destination = destination
        self.mode = mode
        self.left = after
        self.lying = threading.Event()
        self.for_ever = threading.Event()
        self.to_source = threading.Lock()  # a message is sent whole

    def up(self):
        """From the source to the destination, message by message."""
        while True:
            start = exactly(self.source, HEADER.size)
            header = HEADER.unpack(start)
            body = exactly(self.source, header[0] - HEADER.size)
            data = header[4] == STREAM and header[6] == CONTINUE
            if data and not self.lying.is_set():
                self.left -= len(body)
                if self.left < 0:
                    self.lying.set()
                    print("lying", flush=True)
                    self.begin(header)
            if self.lying.is_set() and self.mode == "payload" and data:
                body = os.urandom(len(body))
            if self.lying.is_set() and self.mode == "half":
                continue
            self.destination.sendall(start + body)

    def begin(self, header):
        if self.mode == "stall":
            self.for_ever.wait()
        elif self.mode == "garbage":
            junk = os.urandom(1 << 20)
            for connection in (self.destination, self.source):
                try:
                    connection.sendall(junk)
                except OSError:
                    pass
        elif self.mode == "half":
            self.source.shutdown(socket.SHUT_WR)
        elif self.mode == "close":
            raise EOFError
        elif self.mode == "flood":
            threading.Thread(target=self.flood, args=(header,), daemon=True).start()

    def flood(self, header):
        message = HEADER.pack(HEADER.size + PIECE, header[1], header[2], header[3], STREAM, header[5], CONTINUE)
        message += os.urandom(PIECE)
        try:
            for _ in range((1 << 30) // PIECE):
                with self.to_source:
                    self.source.sendall(message)
        except OSError:
            pass

    def down(self):
        """From the destination to the source, message by message."""
        while True:
            start = exactly(self.destination, HEADER.size)
            body = exactly(self.destination, HEADER.unpack(start)[0] - HEADER.size)
            if self.lying.is_set() and self.mode in ("stall", "garbage", "half"):
                self.for_ever.wait()
            with self.to_source:
                self.source.sendall(start + body)

    def run(self, way):
        try:
            way()
        except (EOFError, OSError):
            for connection in (self.source, self.destination):
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


def main():
    host, mode, after = sys.argv[1], sys.argv[2], int(sys.argv[3])
    listener = socket.create_server(("0.0.0.0", PORT))
    print("listening", flush=True)
    while True:
        source, _ = listener.accept()
        between = Between(source, socket.create_connection((host, PORT)), mode, after)
        for way in (between.up, between.down):
            threading.Thread(target=between.run, args=(way,), daemon=True).start()


main()
