"""The whole comparison; bench/run starts it, as the first process but one of namespaces of its own."""

import argparse
import datetime
import os
import pathlib
import platform
import re
import shutil
import statistics
import sys
import tempfile
import time

import calls
import hosts
import journal
import migrations
import relays
import start
import tunnel

PARTS = ("migrations", "journal", "tunnel", "relays", "calls", "start")


def arguments():
    parser = argparse.ArgumentParser(prog="bench/run")
    parser.add_argument("--quick", action="store_true", help="3 rounds: to see that it works")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part")
    parser.add_argument("--way", action="append", choices=list(tunnel.WAYS), help="of part tunnel only this way")
    parser.add_argument("--rounds", type=int, default=7, help="of part tunnel")
    parser.add_argument("--samples", type=pathlib.Path, help="a file of part tunnel's figures, to add to")
    parser.add_argument("--keep", action="store_true", help="leave the working folder behind")
    parser.add_argument("--boot", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


# --- the table -----------------------------------------------------------------------------------


class Row:
    """One figure: what it is, and its samples for each of the compared."""

    def __init__(self, title, unit, goal, **samples):
        self.title = title
        self.unit = unit
        self.goal = goal
        self.samples = samples


def figure(samples, digits=0):
    """Median, and in parentheses the least and the most."""
    if not samples:
        return "–"
    return f"**{statistics.median(samples):,.{digits}f}** ({min(samples):,.{digits}f}–{max(samples):,.{digits}f})"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(["---"] + ["---:"] * (len(head) - 1)) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def median(samples):
    return statistics.median(samples)


# QEMU's own downtime has two humps: some milliseconds, and, where it misjudged what was left, some dozens more.
QUICK_MS = 12


def migration_tables(moves, bare):
    def row(title, digits, value):
        return [title] + [figure([value(move) for move in moves[name]], digits) for name in migrations.ROWS]

    rows = [
        row("beyond QEMU's own total time, ms", 0, lambda m: m.beyond),
        row("– until QEMU begins to send", 0, lambda m: m.before),
        row("– from all sent to running there", 1, lambda m: m.handover),
        row("– from running there to the client's end", 0, lambda m: m.after),
        row("QEMU's own total time, ms", 0, lambda m: m.transfer),
        row("downtime, as QEMU counts it, ms", 1, lambda m: m.downtime),
        row("– pause before the switchover, ms", 1, lambda m: m.pause),
        row("STOP to RESUME, at the monitors, ms", 1, lambda m: m.stillness),
        [f"– where QEMU itself needed less than {QUICK_MS} ms"] + [
            figure([m.stillness for m in moves[name] if m.downtime < QUICK_MS], 1) for name in migrations.ROWS],
    ]
    beyond = {name: median([m.beyond for m in moves[name]]) for name in migrations.ROWS}
    still = {name: median([m.stillness for m in moves[name]]) for name in migrations.ROWS}
    down = {name: median([m.downtime for m in moves[name]]) for name in migrations.ROWS}
    verdicts = []
    for name in ("godwitd, virsh", "godwitd, godwit"):
        verdicts.append((
            f"migration beyond QEMU's total time ({name})", "less than half of what libvirtd adds",
            f"{beyond[name]:.0f} ms, libvirtd {beyond['libvirtd, virsh']:.0f} ms",
            beyond[name] < beyond["libvirtd, virsh"] / 2))
        verdicts.append((
            f"downtime beyond bare QEMU's ({name})", "under 10 ms, by QEMU's count and at the monitors",
            f"{down[name] - down['bare QEMU']:.1f} and {still[name] - still['bare QEMU']:.1f} ms; libvirtd"
            f" {down['libvirtd, virsh'] - down['bare QEMU']:.1f} and {still['libvirtd, virsh'] - still['bare QEMU']:.1f} ms",
            max(down[name] - down["bare QEMU"], still[name] - still["bare QEMU"]) < 10))
    note = (f"{len(moves['bare QEMU'])} migrations a column. The tapped monitors against QEMU's own answer, bare: total time"
            f" differs by at most {max(bare.total_time_differences):.1f} ms, downtime by at most"
            f" {max(bare.downtime_differences):.1f} ms.")
    return table(["migration of an idle guest of 256 MiB", *migrations.ROWS], rows) + "\n\n" + note, verdicts


def journal_tables(moves, records, costs):
    def row(title, digits, value):
        samples = [[value(move) for move in moves[way]] for way in journal.WAYS]
        differences = [forced - other for forced, other in zip(*samples)]
        return [title] + [figure(some, digits) for some in samples] + [figure(differences, digits)]

    rows = [
        row("beyond QEMU's own total time, ms", 0, lambda m: m.beyond),
        row("– until QEMU begins to send", 0, lambda m: m.before),
        row("– from all sent to running there", 1, lambda m: m.handover),
        row("– from running there to the client's end", 0, lambda m: m.after),
        row("downtime, as QEMU counts it, ms", 1, lambda m: m.downtime),
        row("STOP to RESUME, at the monitors, ms", 1, lambda m: m.stillness),
    ]
    note = (f"{len(moves['forced'])} migrations a column, in pairs. Forces a migration, at both hosts together: {figure(records)}."
            f" One append and fsync of {len(journal.ENTRY)} bytes on the same file system: {figure(costs, 2)} ms, {len(costs)} times.")
    return table(["migration with the journal", *journal.WAYS, "difference of a pair"], rows) + "\n\n" + note, []


def tunnel_tables(transfers):
    kinds = ("godwitd", "libvirtd")
    speed = {key: median([t.mib_per_second for t in some]) for key, some in transfers.items()}
    work = {key: median([t.worked_per_gib for t in some]) for key, some in transfers.items()}
    ways = [way for way in tunnel.WAYS if (way, "godwitd") in transfers]

    rows = []
    for way in ways:
        rows.append([f"{way}, MiB/s"] + [figure([t.mib_per_second for t in transfers[way, kind]]) for kind in kinds])
        rows.append([f"{way}, processor seconds of both daemons a GiB"]
                    + [figure([t.worked_per_gib for t in transfers[way, kind]], 2) for kind in kinds])
    rows.append(["the larger daemon afterwards, resident MiB"] + [
        figure([t.resident for way in ways for t in transfers[way, kind]]) for kind in kinds])
    tcp, tls = "tunnelled over TCP", "tunnelled over TLS"
    verdicts = []
    for way, native, wanted, least in ((tcp, "native, TCP", "over 0.8", 0.8), (tls, "native, QEMU's TLS", "at least 1", 1)):
        if way not in ways or native not in ways:
            continue
        ours, theirs = (speed[way, kind] / speed[native, kind] for kind in kinds)
        verdicts.append((f"{way}, as a part of {native}", wanted, f"{ours:.2f}, libvirtd {theirs:.2f}", ours >= least))
    for way in (way for way in (tcp, tls) if way in ways):
        ours, theirs = (work[way, kind] for kind in kinds)
        verdicts.append((f"{way}, processor seconds of both daemons a GiB", "less than libvirtd",
                         f"{ours:.2f}, libvirtd {theirs:.2f}", ours < theirs))
    count = ", ".join(f"{len(transfers[way, 'godwitd'])} and {len(transfers[way, 'libvirtd'])} {way}" for way in ways)
    return (table([f"migration of {tunnel.FULL_MIB} MiB of random bytes", *kinds], rows)
            + f"\n\nMigrations by godwitd and by libvirtd: {count}."), verdicts


def relay_tables(transfers):
    def row(title, digits, value):
        return [title] + [figure([value(t) for t in some], digits) for some in transfers.values()]

    native = median([t.mib_per_second for t in transfers["native"]])
    rows = [
        row("MiB/s", 0, lambda t: t.mib_per_second),
        ["as a part of native"] + [f"{median([t.mib_per_second for t in some]) / native:.2f}" for some in transfers.values()],
        row("processor seconds of both QEMUs a GiB", 2, lambda t: t.qemus_per_gib),
        row("processor seconds of both relays a GiB", 2, lambda t: t.relays_per_gib),
    ]
    heads = {"native": "native", "copy": "relays that copy", "splice": "relays that splice"}
    return (table([f"migration of {tunnel.FULL_MIB} MiB between bare QEMUs", *(heads[way] for way in transfers)], rows)
            + f"\n\n{len(transfers['native'])} migrations a column."), []


def calls_tables(rates, rest, loaded, most):
    rows, verdicts = [], []
    for what in calls.WHAT:
        for clients in calls.CLIENTS:
            ours, theirs = (rates[what, clients, kind] for kind in ("godwitd", "libvirtd"))
            title = f"dom{what}, {clients} client{'s' if clients > 1 else ''}, calls a second"
            rows.append([title, figure(ours), figure(theirs), f"{median(ours) / median(theirs):.2f}"])
            verdicts.append((title, "more than libvirtd", f"{median(ours):,.0f}, libvirtd {median(theirs):,.0f}",
                             median(ours) > median(theirs)))
    for title, samples in (("at rest", rest), ("after rounds of calls", loaded)):
        rows.append([f"resident memory with 10 guests, {title}, MiB", figure(samples["godwitd"]),
                     figure(samples["libvirtd"]), ""])
    rows.append(["the most it ever was, MiB", f"{most['godwitd']:.0f}", f"{most['libvirtd']:.0f}", ""])
    verdicts.append(("resident memory with 10 guests", "under 128 MiB",
                     f"{median(rest['godwitd']):.0f} MiB at rest, {median(loaded['godwitd']):.0f} after calls,"
                     f" never more than {most['godwitd']:.0f}", most["godwitd"] < 128))
    return table(["daemon", "godwitd", "libvirtd", "ratio"], rows), verdicts


def start_table(took, worked):
    rows = [[f"{client} list, {what}, ms"] + [figure(times[client, kind]) for kind in ("godwitd", "libvirtd")]
            for client in ("godwit", "virsh") for what, times in (("start to exit", took), ("processor time", worked))]
    ours, theirs = median(took["godwit", "godwitd"]), median(took["virsh", "godwitd"])
    return (table(["client, on a daemon with 10 guests", "godwitd", "libvirtd"], rows),
            [("godwit list, start to exit", "under 100 ms", f"{ours:.0f} ms, virsh {theirs:.0f} ms", ours < 100)])


def machine(load_before):
    cpu = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    qemu = re.search(r"version (\S+)", hosts.run("qemu-system-x86_64", "--version")).group(1)
    java_home = (hosts.CHECKOUT / "target" / "dist" / "java-home").read_text().strip()
    java = re.search(r'JAVA_VERSION="([^"]*)"', (pathlib.Path(java_home) / "release").read_text()).group(1)
    commit = hosts.run("git", "-C", hosts.CHECKOUT, "describe", "--always", "--dirty").strip()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (f"{datetime.date.today()}, commit {commit}: {os.cpu_count()} processors"
            f" ({cpu.group(1) if cpu else platform.machine()}), {memory:.0f} GiB, Linux {platform.release()}, TCG;"
            f" QEMU {qemu}, libvirt {hosts.run('virsh', '--version').strip()}, JDK {java}."
            f" Load before {load_before}, after {load()} (of which the bench itself is most).")


def load():
    return " / ".join(f"{value:.1f}" for value in os.getloadavg())


# --- the run -------------------------------------------------------------------------------------


def main():
    options = arguments()
    parts = options.part or list(PARTS)
    load_before = load()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="godwit-bench."))
    try:
        print("\n" + measured(options, parts, folder, load_before))
    finally:
        if options.keep:
            say(f"{folder} is left behind")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def measured(options, parts, folder, load_before):
    site = hosts.Site(folder, options.boot, shutil.which("qemu-system-x86_64"), ["ga", "gb", "na", "nb", "la", "lb"])
    godwitds = [hosts.Godwitd(site, "ga"), hosts.Godwitd(site, "gb")]
    libvirtds = [hosts.Libvirtd(site, "la"), hosts.Libvirtd(site, "lb")]
    for host in godwitds + libvirtds:
        host.start()
    say("four daemons answer")

    texts, verdicts = [], []

    def add(text, more):
        texts.append(text)
        verdicts.extend(more)

    if "migrations" in parts:
        add(*migration_tables(*migrations.measure(godwitds, libvirtds, 3 if options.quick else 30, say)))
    if "journal" in parts:
        unforced = [hosts.Godwitd(site, name, migration_journal_sync=0) for name in ("na", "nb")]
        for host in unforced:
            host.start()
        pairs = dict(zip(journal.WAYS, (godwitds, unforced)))
        add(*journal_tables(*journal.measure(pairs, 3 if options.quick else 16, say)))
        for host in unforced:
            host.stop()
    if "tunnel" in parts:
        samples = tunnel.Samples(options.samples)
        tunnel.measure(godwitds, libvirtds, options.way or list(tunnel.WAYS), 3 if options.quick else options.rounds,
                       samples, say)
        add(*tunnel_tables(samples.of))
    if "relays" in parts:
        add(*relay_tables(relays.measure(hosts.Host(site, "ra"), hosts.Host(site, "rb"), 3 if options.quick else 7, say)))
    if "calls" in parts or "start" in parts:
        daemons = [godwitds[0], libvirtds[0]]
        calls.start_guests(daemons, say)
        if "calls" in parts:
            rest = calls.memory_at_rest(daemons, 3 if options.quick else 10)
            rates, loaded = calls.measure(daemons, 3 if options.quick else 10, 1 if options.quick else 2, say)
            add(*calls_tables(rates, rest, loaded, {host.kind: host.memory("VmHWM") for host in daemons}))
        if "start" in parts:
            add(*start_table(*start.measure(*daemons, 3 if options.quick else 21, say)))

    goals = table(["goal", "wanted", "measured", "reached"],
                  [[what, wanted, got, "yes" if reached else "**no**"] for what, wanted, got, reached in verdicts])
    kind = "**A quick run: these figures only show that it works.**\n\n" if options.quick else ""
    return (kind + machine(load_before) + " Medians, with the least and the most in parentheses.\n\n"
            + "\n\n".join(texts) + "\n\n" + goals)


main()
