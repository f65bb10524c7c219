"""Calls a second, and the daemons' memory, with ten guests on each daemon."""

import pathlib
import subprocess
import sys
import time

GUESTS = 10
GUEST_MIB = 64
CLIENTS = (1, 8)
WHAT = ("state", "info")


class Callers:
    """Eight clients of one daemon, on its Unix socket; each is a process."""

    def __init__(self, host, guest):
        caller = pathlib.Path(__file__).with_name("caller.py")
        self._processes = [
            subprocess.Popen([sys.executable, str(caller), host.local_uri, guest], text=True, bufsize=1,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(max(CLIENTS))]
        for process in self._processes:
            if process.stdout.readline() != "ready\n":
                raise RuntimeError(f"A client of {host.name} could not connect")

    def rate(self, what, clients, seconds):
        """Calls a second of that many clients together."""
        for process in self._processes[:clients]:
            process.stdin.write(f"{what} {seconds}\n")
        total = 0.0
        for process in self._processes[:clients]:
            calls, took = process.stdout.readline().split()
            total += int(calls) / float(took)
        return total

    def close(self):
        for process in self._processes:
            process.stdin.close()
            process.wait()


def start_guests(daemons, say):
    """Guests that are only started, with their processors standing still: they take no time from the daemons."""
    for number in range(GUESTS):
        for host in daemons:
            host.create(f"still-{number}", GUEST_MIB, "--paused")
    say(f"{GUESTS} guests run on each of {', '.join(host.name for host in daemons)}")


def memory_at_rest(daemons, rounds):
    """Resident MiB of each daemon, looked at once a second."""
    samples = {host.kind: [] for host in daemons}
    for _ in range(rounds):
        time.sleep(1)
        for host in daemons:
            samples[host.kind].append(host.memory("VmRSS"))
    return samples


def measure(daemons, rounds, seconds, say):
    """Returns rates by (what, clients, kind of daemon), and resident MiB by kind after each round."""
    callers = {host: Callers(host, "still-0") for host in daemons}
    rates = {(what, clients, host.kind): [] for what in WHAT for clients in CLIENTS for host in daemons}
    memory = {host.kind: [] for host in daemons}
    # The first round, in which code is compiled and read, is not counted.
    for number in range(-1, rounds):
        order = daemons if number % 2 == 0 else daemons[::-1]
        for what in WHAT:
            for clients in CLIENTS:
                for host in order:
                    rate = callers[host].rate(what, clients, seconds if number >= 0 else max(seconds, 2))
                    say(f"{host.kind}: {what}, {clients} clients: {'' if number >= 0 else '(not counted) '}{rate:.0f} a second")
                    if number >= 0:
                        rates[what, clients, host.kind].append(rate)
        if number >= 0:
            for host in daemons:
                memory[host.kind].append(host.memory("VmRSS"))
    for caller in callers.values():
        caller.close()
    return rates, memory
