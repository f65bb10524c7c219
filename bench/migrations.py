"""One idle guest a pair of hosts, moved there and back: by godwitd, by libvirtd, and by QEMU alone."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

import hosts
import taps

GUEST_MIB = 256
PORT = 49300
# What both daemons give QEMU in place of its own default of 128 MiB/s when nobody asks for a limit.
UNLIMITED = 8796093022207 * 1048576


class Pair:
    """Two hosts with a daemon each, and a guest that is moved between them."""

    def __init__(self, name, source, destination):
        self.guest = "mover-" + name
        self.source = source
        self.destination = destination
        self.site = source.site

    def begin(self):
        self.source.create(self.guest, GUEST_MIB)
        beats(self.site, self.guest, 3)

    def move(self, client):
        """Moves the guest with a client's command, virsh or godwit, and says how long what took."""
        source = hosts.guest_process(self.guest)
        command = [client, "-q", "-c", self.source.uri, "migrate", "--live", self.guest, self.destination.uri]
        began = time.time()
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        ended = time.time()
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stderr}")
        hosts.wait_for(f"process {source} ends", lambda: not pathlib.Path(f"/proc/{source}").exists())
        move = taps.Move.of(
            began, self._tap(source), self._tap(hosts.guest_process(self.guest)), ended)
        self.source, self.destination = self.destination, self.source
        return move

    def _tap(self, process):
        return taps.read(self.site.taps / f"{self.guest}.{process}.events")

    def command_line(self):
        return pathlib.Path(f"/proc/{hosts.guest_process(self.guest)}/cmdline").read_text().split("\0")[:-1]

    def end(self):
        beats(self.site, self.guest, 1)
        unbroken(self.site, self.guest)
        self.source.virsh("destroy", self.guest)


class Qmp:
    """A conversation with one QEMU."""

    def __init__(self, path, process):
        self._socket = socket.socket(socket.AF_UNIX)
        end = time.monotonic() + 30
        while True:
            try:
                self._socket.connect(str(path))
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.001)
        self._lines = self._socket.makefile("r")
        self._events = []
        self._lines.readline()
        self("qmp_capabilities")

    def __call__(self, command, **arguments):
        self._socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while True:
            message = json.loads(self._lines.readline())
            if "event" in message:
                self._events.append(message)
            elif "error" in message:
                raise RuntimeError(f"{command}: {message['error']['desc']}")
            else:
                return message["return"]

    def wait_for_migration(self):
        while True:
            event = self._events.pop(0) if self._events else json.loads(self._lines.readline())
            status = event.get("data", {}).get("status") if event.get("event") == "MIGRATION" else None
            if status == "completed":
                return
            if status in ("failed", "cancelled"):
                raise RuntimeError(f"The migration {status}: {self('query-migrate')}")

    def close(self):
        self._lines.close()
        self._socket.close()


class Bare:
    """The floor: the same QEMU, with the words that libvirtd started it with, driven by nobody but this script."""

    guest = "mover-bare"

    def __init__(self, pair):
        """From a pair whose guest runs: the guest here is like that one."""
        self.site = pair.site
        self._hosts = (pair.source, pair.destination)
        self._words = self._own_words(pair.command_line(), pair.guest)
        self._runs = None
        # How far the tap's times are from what QEMU says when it is asked, in milliseconds.
        self.total_time_differences = []
        self.downtime_differences = []

    def _own_words(self, words, like):
        """Without what belongs to the daemon: its monitor, its key, its descriptors, the tap (which comes anew)."""
        words = words[1:words.index("-chardev", len(words) - 4)] if words[-1].startswith("chardev=tap") else words[1:]
        own = []
        while words:
            option, value = words.pop(0), None
            if words and not words[0].startswith("-"):
                value = words.pop(0)
            if option in ("-S", "-incoming", "-pidfile", "-daemonize", "-add-fd"):
                continue
            if value and (re.search(r"id=charmonitor|masterKey", value) or option == "-mon"):
                continue
            # libvirtd opens the serial log itself; here QEMU does.
            value = value and value.replace(like, self.guest).replace(
                "path=/dev/fdset/0,", f"path={self.site.serial(self.guest)},")
            own += [option] if value is None else [option, value]
        return own

    def begin(self):
        self._runs = self._start(*self._hosts[:1])
        beats(self.site, self.guest, 3)

    def _start(self, host, *more):
        path = self.site.folder / f"bare-{host.name}-{time.monotonic_ns()}.qmp"
        process = subprocess.Popen(
            host.inside(self.site.emulator, *self._words,
                        "-chardev", f"socket,id=own,path={path},server=on,wait=off", "-mon", "chardev=own,mode=control",
                        *more),
            stdin=subprocess.DEVNULL)
        return host, process, Qmp(path, process)

    def move(self, _):
        source_host, source, monitor = self._runs
        destination_host = self._hosts[1] if source_host is self._hosts[0] else self._hosts[0]

        began = time.time()
        moved = self._start(destination_host, "-S", "-incoming", "defer")
        _, destination, arrival = moved
        arrival("migrate-set-capabilities", capabilities=[
            {"capability": "events", "state": True}, {"capability": "return-path", "state": True}])
        arrival("migrate-incoming", uri=f"tcp:0.0.0.0:{PORT}")
        monitor("migrate-set-capabilities", capabilities=[
            {"capability": "events", "state": True}, {"capability": "return-path", "state": True}])
        monitor("migrate-set-parameters", **{"max-bandwidth": UNLIMITED})
        monitor("migrate", uri=f"tcp:{destination_host.name}:{PORT}")
        monitor.wait_for_migration()
        arrival.wait_for_migration()
        arrival("cont")
        figures = monitor("query-migrate")
        monitor("quit")
        source.wait()
        ended = time.time()

        monitor.close()
        move = taps.Move.of(began, self._tap(source), self._tap(destination), ended)
        self.total_time_differences.append(abs(move.transfer - figures["total-time"]))
        self.downtime_differences.append(abs(move.downtime - figures["downtime"]))
        self._runs = moved
        return move

    def _tap(self, process):
        return taps.read(self.site.taps / f"{self.guest}.{process.pid}.events")

    def end(self):
        beats(self.site, self.guest, 1)
        unbroken(self.site, self.guest)
        _, process, monitor = self._runs
        monitor("quit")
        process.wait()
        monitor.close()


def beats(site, guest, more, limit=120):
    """Waits until the guest's heart has beaten a few times more: it runs, and its start is over."""
    serial = site.serial(guest)
    before = count_beats(serial)
    hosts.wait_for(f"beats of {guest}", lambda: count_beats(serial) >= before + more, limit=limit)


def count_beats(serial):
    return len(re.findall(r"^beat ", serial.read_text(errors="replace"), re.M)) if serial.exists() else 0


def unbroken(site, guest):
    """Fails when a beat is missing or the guest found its memory damaged."""
    text = site.serial(guest).read_text(errors="replace")
    numbers = [int(n) for n in re.findall(r"^beat (\d+) up", text, re.M)]
    if numbers != list(range(1, len(numbers) + 1)) or re.search(r"^damaged|[Pp]anic|Oops|BUG:", text, re.M):
        raise RuntimeError(f"The guest {guest} was damaged; its serial log ends with\n{text[-2000:]}")


# In this order in the first round; every round begins with the next one.
ROWS = ("godwitd, virsh", "godwitd, godwit", "libvirtd, virsh", "bare QEMU")


def measure(godwitds, libvirtds, rounds, say):
    """Returns the moves of each row, and the bare one that knows how exact the taps are."""
    godwit_pair = Pair("godwitd", *godwitds)
    libvirt_pair = Pair("libvirtd", *libvirtds)
    for pair in (godwit_pair, libvirt_pair):
        pair.begin()
    bare = Bare(libvirt_pair)
    bare.begin()
    turns = dict(zip(ROWS, (
        (godwit_pair, "virsh"),
        (godwit_pair, hosts.CHECKOUT / "bin" / "godwit"),
        (libvirt_pair, "virsh"),
        (bare, None))))
    moves = {row: [] for row in ROWS}
    # The first rounds, in which both daemons read and compile much for the first time, are not counted.
    for number in range(-8, rounds):
        for place in range(len(ROWS)):
            row = ROWS[(number + place) % len(ROWS)]
            pair, client = turns[row]
            move = pair.move(client)
            if number >= 0:
                moves[row].append(move)
            say(f"{row}: {'' if number >= 0 else '(not counted) '}beyond {move.beyond:.0f}, QEMU {move.transfer:.0f},"
                f" before {move.before:.0f}, handover {move.handover:.1f}, after {move.after:.0f},"
                f" downtime {move.downtime:.1f}, pause {move.pause:.1f}, still {move.stillness:.1f} ms")
            time.sleep(0.3)
    for pair in (godwit_pair, libvirt_pair, bare):
        pair.end()
    return moves, bare
