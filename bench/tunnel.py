"""A guest whose memory is full, moved there and back: between the two QEMUs, and through the two daemons."""

import json
import mmap
import os
import pathlib
import subprocess
import time

import hosts
import migrations
import taps

FULL_MIB = 1536
GUEST_MIB = FULL_MIB + 160

# All are driven by the source, so that they differ in nothing but the way of the data.
WAYS = {
    "native, TCP": ("tcp", ()),
    "native, QEMU's TLS": ("tcp", ("--tls",)),
    "tunnelled over TCP": ("tcp", ("--tunnelled",)),
    "tunnelled over TLS": ("tls", ("--tunnelled",)),
}

TICKS = os.sysconf("SC_CLK_TCK")


class Transfer:
    """One migration: how fast QEMU got rid of the guest's memory, and what the two daemons worked for it."""

    def __init__(self, seconds, worked, resident):
        self.seconds = seconds
        self.worked = worked
        self.resident = resident

    @property
    def mib_per_second(self):
        return FULL_MIB / self.seconds

    @property
    def worked_per_gib(self):
        return self.worked / (FULL_MIB / 1024)


def warm_memory():
    """
    Has the kernel hold as much memory as a receiver takes, and lets go of it again.

    A virtual machine may give pages that are free to its host. Whoever takes them next waits for the host, page by page,
    which can take a receiver ten times as long; and whether it gets such pages depends on what ran before.
    """
    for _ in range(5):
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            size = GUEST_MIB + 512
            memory = mmap.mmap(-1, size << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            memory.madvise(mmap.MADV_HUGEPAGE)
            for _ in range(size):
                memory.write(b"x" * (1 << 20))
            os._exit(0)
        os.waitpid(child, 0)
        if time.monotonic() - began < 1.2:
            break


class Pair:
    def __init__(self, source, destination):
        self.kind = source.kind
        self.guest = "full-" + source.kind
        self.source = source
        self.destination = destination

    def begin(self):
        self.source.create(self.guest, GUEST_MIB, words=f"godwit.fill={FULL_MIB} godwit.check=0")
        migrations.beats(self.source.site, self.guest, 3, limit=600)  # its memory has to be filled first

    def move(self, way):
        warm_memory()
        transport, options = WAYS[way]
        source = hosts.guest_process(self.guest)
        daemons = (self.source, self.destination)
        before = sum(map(worked, daemons))
        began = time.time()
        done = subprocess.run(
            ["virsh", "-q", "-c", self.source.uri, "migrate", "--live", "--p2p", *options, self.guest,
             f"qemu+{transport}://{self.destination.name}/system"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        ended = time.time()
        if done.returncode:
            raise RuntimeError(f"{way}, {self.kind}: status {done.returncode}\n{done.stderr}")
        after = sum(map(worked, daemons))
        hosts.wait_for(f"process {source} ends", lambda: not pathlib.Path(f"/proc/{source}").exists())
        move = taps.Move.of(began, self._tap(source), self._tap(hosts.guest_process(self.guest)), ended)
        self.source, self.destination = self.destination, self.source
        return Transfer(move.transfer / 1000, after - before, max(host.memory("VmRSS") for host in daemons))

    def _tap(self, process):
        return taps.read(self.source.site.taps / f"{self.guest}.{process}.events")

    def end(self):
        migrations.beats(self.source.site, self.guest, 1)
        migrations.unbroken(self.source.site, self.guest)
        self.source.virsh("destroy", self.guest)


def worked(host):
    """Processor seconds that the daemon has taken so far, all its threads together."""
    fields = pathlib.Path(f"/proc/{host.daemon.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Samples:
    """The transfers of each way and kind of daemon; kept in a file, if there is one, for the next run to add to."""

    def __init__(self, file):
        self._file = file
        self.of = {}
        if file and file.exists():
            for line in file.read_text().splitlines():
                way, kind, *figures = json.loads(line)
                self.of.setdefault((way, kind), []).append(Transfer(*figures))

    def add(self, way, kind, transfer):
        self.of.setdefault((way, kind), []).append(transfer)
        if self._file:
            with self._file.open("a") as lines:
                print(json.dumps([way, kind, transfer.seconds, transfer.worked, transfer.resident]), file=lines)


def measure(godwitds, libvirtds, ways, rounds, samples, say):
    """Adds to the samples. The guests take turns, and so do the ways."""
    for pair in (Pair(*godwitds), Pair(*libvirtds)):
        pair.begin()
        # The first time each way is gone is not counted: code is read and compiled.
        for number in range(-1, rounds):
            for place in range(len(ways)):
                way = ways[(number + place) % len(ways)]
                transfer = pair.move(way)
                if number >= 0:
                    samples.add(way, pair.kind, transfer)
                say(f"{pair.kind}, {way}: {'' if number >= 0 else '(not counted) '}{transfer.mib_per_second:,.0f} MiB/s,"
                    f" daemons worked {transfer.worked_per_gib:.2f} s a GiB")
                time.sleep(0.3)
        pair.end()
