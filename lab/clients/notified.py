#!/usr/bin/python3
"""Stands for systemd where it is told how a service does (sd_notify(3)).

    notified.py SOCKET FILE

Writes each word that arrives at the socket, such as READY=1, as a line of the file, until it is ended.
"""

import pathlib
import socket
import sys


def main():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door, pathlib.Path(sys.argv[2]).open("a", buffering=1) as log:
        door.bind(sys.argv[1])
        print("listening", file=log)
        while True:
            log.write(door.recv(4096).decode())


main()
