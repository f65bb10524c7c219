"""`godwit list` and `virsh list`, from start to exit."""

import os
import subprocess
import time

import hosts

GODWIT = str(hosts.CHECKOUT / "bin" / "godwit")


def measure(godwitd, libvirtd, rounds, say):
    """Milliseconds by (client, kind of daemon): from start to exit, and of processor time."""
    turns = [(client, host) for client in ("godwit", "virsh") for host in (godwitd, libvirtd)]
    took = {(client, host.kind): [] for client, host in turns}
    worked = {(client, host.kind): [] for client, host in turns}
    for number in range(-2, rounds):
        for place in range(len(turns)):
            client, host = turns[(number + place) % len(turns)]
            command = [GODWIT if client == "godwit" else client, "-c", host.local_uri, "list"]
            before = _work_of_children()
            began = time.perf_counter()
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            ended = time.perf_counter()
            if done.returncode or "still-9" not in done.stdout:
                raise RuntimeError(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}")
            if number >= 0:
                took[client, host.kind].append((ended - began) * 1000)
                worked[client, host.kind].append((_work_of_children() - before) * 1000)
    for (client, kind), all_ms in took.items():
        say(f"{client} list on {kind}: {sorted(all_ms)[len(all_ms) // 2]:.0f} ms")
    return took, worked


def _work_of_children():
    times = os.times()
    return times.children_user + times.children_system
