"""One client that calls as fast as it can, with the stock client library. A process of calls.py.

Reads lines "state SECONDS" or "info SECONDS"; answers each with "CALLS SECONDS", as long as it really took.
"""

import sys
import time

import libvirt


def main():
    uri, name = sys.argv[1:]
    connection = libvirt.open(uri)
    domain = connection.lookupByName(name)
    print("ready", flush=True)
    for line in sys.stdin:
        what, seconds = line.split()
        call = {"state": domain.state, "info": domain.info}[what]
        calls = 0
        began = time.monotonic()
        end = began + float(seconds)
        while True:
            for _ in range(10):
                call()
            calls += 10
            now = time.monotonic()
            if now >= end:
                break
        print(calls, now - began, flush=True)
    connection.close()


main()
