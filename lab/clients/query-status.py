#!/usr/bin/python3
"""Asks the QEMU of a guest that no daemon knows what it does, by the monitor that "godwit receive" left it.

    query-status.py RUN-FOLDER GUEST

Prints QEMU's word, such as "running" or "inmigrate"; nothing where there is no such monitor yet.
"""

import json
import pathlib
import socket
import sys


def main():
    for monitor in pathlib.Path(sys.argv[1]).rglob("monitor.sock"):
        if not monitor.parent.name.endswith("-" + sys.argv[2]):
            continue
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            try:
                connection.connect(str(monitor))
            except OSError:
                continue
            lines = connection.makefile("rw")
            lines.readline()
            for command in ("qmp_capabilities", "query-status"):
                lines.write(json.dumps({"execute": command}) + "\n")
                lines.flush()
                while "return" not in (answer := json.loads(lines.readline())):
                    pass
            print(answer["return"]["status"])


main()
