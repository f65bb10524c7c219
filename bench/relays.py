"""
What is left of native throughput when two processes stand between two QEMUs and do nothing but pass on what comes: the
ceiling of whatever goes through two daemons. No daemon takes part.
"""

import os
import pathlib
import subprocess
import time

import hosts
import migrations
import tunnel

PROGRAM = hosts.CHECKOUT / "bench" / "relay.py"
PORT = 49310
WAYS = ("native", "copy", "splice")


class Transfer:
    """One migration: how fast QEMU got rid of the guest's memory, and the processor seconds of both QEMUs and both relays."""

    def __init__(self, seconds, qemus, relays):
        self.mib_per_second = tunnel.FULL_MIB / seconds
        self.qemus_per_gib = qemus / (tunnel.FULL_MIB / 1024)
        self.relays_per_gib = relays / (tunnel.FULL_MIB / 1024)


class Guest:
    """A guest whose memory is full, in a QEMU on one of two hosts that have no daemon."""

    name = "full-bare"

    def __init__(self, here, there):
        self.here = here
        self.there = there
        self._count = 0
        self._process, self._monitor = self._start(here)

    def _start(self, host, *more):
        site = host.site
        self._count += 1
        path = site.folder / f"relay{self._count}.qmp"
        process = subprocess.Popen(
            host.inside("qemu-system-x86_64", "-name", f"guest={self.name}", "-machine", "q35", "-accel", "tcg",
                        "-m", tunnel.GUEST_MIB, "-kernel", site.boot / "vmlinuz", "-initrd", site.boot / "initrd.img",
                        "-append", f"console=ttyS0 quiet oops=panic godwit.fill={tunnel.FULL_MIB} godwit.check=0",
                        "-nodefaults", "-display", "none",
                        "-chardev", f"file,id=serial,path={site.serial(self.name)},append=on", "-serial", "chardev:serial",
                        "-chardev", f"socket,id=own,path={path},server=on,wait=off", "-mon", "chardev=own,mode=control",
                        *more),
            stdin=subprocess.DEVNULL)
        return process, migrations.Qmp(path, process)

    def _relay(self, host, *words):
        process = subprocess.Popen(host.inside("/usr/bin/python3", PROGRAM, *words), stdout=subprocess.PIPE, text=True)
        process.stdout.readline()
        return process

    def move(self, way):
        tunnel.warm_memory()
        process, monitor = self._start(self.there, "-S", "-incoming", "defer")
        for qemu in (self._monitor, monitor):
            qemu("migrate-set-capabilities", capabilities=[{"capability": "events", "state": True}])
        self._monitor("migrate-set-parameters", **{"max-bandwidth": migrations.UNLIMITED})
        relays = []
        if way == "native":
            monitor("migrate-incoming", uri=f"tcp:0.0.0.0:{PORT}")
            to = f"tcp:{self.there.name}:{PORT}"
        else:
            into, out = (self.here.site.folder / f"relay{self._count}.{end}" for end in ("out", "in"))
            monitor("migrate-incoming", uri=f"unix:{out}")
            relays = [self._relay(self.there, "destination", way, PORT, out),
                      self._relay(self.here, "source", way, into, self.there.name, PORT)]
            to = f"unix:{into}"
        qemus = (self._process, process)
        before = sum(map(worked, qemus))
        self._monitor("migrate", uri=to)
        self._monitor.wait_for_migration()
        monitor.wait_for_migration()
        after = sum(map(worked, qemus))
        seconds = self._monitor("query-migrate")["total-time"] / 1000
        monitor("cont")
        self._end()
        self._process, self._monitor = process, monitor
        self.here, self.there = self.there, self.here
        return Transfer(seconds, after - before, sum(float(one.communicate()[0]) for one in relays))

    def _end(self):
        self._monitor("quit")
        self._process.wait()
        self._monitor.close()

    def end(self):
        migrations.beats(self.here.site, self.name, 1)
        migrations.unbroken(self.here.site, self.name)
        self._end()


def worked(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(here, there, rounds, say):
    """Returns the transfers of each way. The ways take turns; the first time each is gone is not counted."""
    guest = Guest(here, there)
    migrations.beats(here.site, guest.name, 3, limit=600)
    transfers = {way: [] for way in WAYS}
    for number in range(-1, rounds):
        for place in range(len(WAYS)):
            way = WAYS[(number + place) % len(WAYS)]
            transfer = guest.move(way)
            if number >= 0:
                transfers[way].append(transfer)
            say(f"bare, {way}: {'' if number >= 0 else '(not counted) '}{transfer.mib_per_second:,.0f} MiB/s, QEMUs worked"
                f" {transfer.qemus_per_gib:.2f} s a GiB, relays {transfer.relays_per_gib:.2f}")
            time.sleep(0.3)
    guest.end()
    return transfers
