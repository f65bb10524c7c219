"""What the journal costs: the same migration with migration_journal_sync = 1 and = 0, taking turns."""

import os
import struct
import time

import hosts
import migrations

WAYS = {"forced": 1, "not forced": 0}
HEAD_BYTES = 40
# As large as the records of a migration are, more or less.
ENTRY = b"x" * 160
FORCES_A_ROUND = 8


class Forces:
    """How many records the journals of some hosts have; the daemon forces once a record."""

    def __init__(self, journals):
        self._journals = journals

    def records(self):
        return sum(map(self._count, self._journals))

    @staticmethod
    def _count(file):
        content = file.read_bytes()
        count, at = 0, HEAD_BYTES
        while at + 8 <= len(content):
            (length,) = struct.unpack_from(">I", content, at)
            at += 8 + length
            if at <= len(content):
                count += 1
        return count


def force(folder):
    """What one append and fsync of a small entry takes on the file system that the journals are on, in milliseconds."""
    file = os.open(folder / "force", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        began = time.perf_counter()
        os.write(file, ENTRY)
        os.fsync(file)
        return (time.perf_counter() - began) * 1000
    finally:
        os.close(file)


def measure(pairs_of_hosts, rounds, say):
    """Returns for each way its moves; how many records each move made; and what forces took."""
    pairs = {}
    for way, daemons in pairs_of_hosts.items():
        pairs[way] = migrations.Pair("journal-" + way.replace(" ", "-"), *daemons)
        pairs[way].begin()
    forces = {way: Forces([host.journal() for host in daemons]) for way, daemons in pairs_of_hosts.items()}
    moves = {way: [] for way in WAYS}
    records = []
    costs = []
    folder = next(iter(pairs_of_hosts.values()))[0].folder
    # The first rounds, in which the daemons read much for the first time, are not counted.
    for number in range(-2, rounds):
        for way in list(WAYS)[::1 if number % 2 else -1]:
            before = forces[way].records()
            move = pairs[way].move("virsh")
            time.sleep(0.3)
            after = forces[way].records()
            if number >= 0:
                moves[way].append(move)
                records.append(after - before)
            say(f"{way}: {'' if number >= 0 else '(not counted) '}beyond {move.beyond:.0f}, handover {move.handover:.1f},"
                f" downtime {move.downtime:.1f}, still {move.stillness:.1f} ms, {after - before} records")
        if number >= 0:
            costs += [force(folder) for _ in range(FORCES_A_ROUND)]
    for pair in pairs.values():
        pair.end()
    return moves, records, costs
