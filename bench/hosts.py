"""Hosts out of namespaces, each with a daemon, on one bridge."""

import os
import pathlib
import signal
import subprocess
import time
import uuid

import pki

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
BRIDGE = "bridge0"
NETWORK = "10.77.1."

# QEMU behind a tap: a second monitor that only listens. The events on it carry the time at which
# QEMU sent them, whoever holds the first monitor. Questions for capabilities have no -name and no tap.
TAP = """#!/bin/bash
for word in "$@"; do
    if [[ $word == guest=* ]]; then
        name=${{word#guest=}}
        name=${{name%%,*}}
    fi
done
if [ -z "${{name-}}" ]; then
    exec {qemu} "$@"
fi
tap={folder}/$name.$$
mkfifo "$tap.in"
exec 9<>"$tap.in"
printf '{{"execute":"qmp_capabilities"}}\\n' >&9
exec {qemu} "$@" \\
    -chardev "file,id=tap,path=$tap.events,input-path=$tap.in" -mon chardev=tap,mode=control
"""


def run(*words, **options):
    """Runs a command that has to succeed; returns what it printed."""
    done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def wait_for(what, question, limit=30.0):
    """Asks until the answer is true; returns it."""
    end = time.monotonic() + limit
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"Waited {limit:g} s in vain: {what}")
        time.sleep(0.02)


class Site:
    """The folder, the bridge and the names that all hosts share."""

    def __init__(self, folder, boot, qemu, names):
        self.folder = folder
        self.boot = boot
        self.taps = folder / "taps"
        self.taps.mkdir()
        self.serials = folder / "serials"
        self.serials.mkdir()
        self.emulator = folder / "qemu-with-tap"
        self.emulator.write_text(TAP.format(qemu=qemu, folder=self.taps))
        self.emulator.chmod(0o755)
        self._hosts_file = folder / "hosts"
        self._hosts_file.write_text("127.0.0.1 localhost\n")
        self._count = 0
        run("mount", "--bind", self._hosts_file, "/etc/hosts")
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", BRIDGE, "type", "bridge")
        run("ip", "address", "add", NETWORK + "254/24", "dev", BRIDGE)
        run("ip", "link", "set", BRIDGE, "up")
        pki.lay_out(folder / "pki", names)

    def plug_in(self, host):
        self._count += 1
        address = NETWORK + str(self._count)
        port = f"port{self._count}"
        run("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", str(host.holder.pid))
        run("ip", "link", "set", port, "master", BRIDGE, "up")
        host.run("ip", "address", "add", address + "/24", "dev", "eth0")
        host.run("ip", "link", "set", "eth0", "up")
        with self._hosts_file.open("a") as names:
            names.write(f"{address} {host.name}\n")

    def guest_xml(self, name, memory_mib, words=""):
        return f"""
<domain type='qemu'>
  <name>{name}</name>
  <uuid>{uuid.uuid5(uuid.NAMESPACE_DNS, name)}</uuid>
  <memory unit='MiB'>{memory_mib}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>{self.boot}/vmlinuz</kernel>
    <initrd>{self.boot}/initrd.img</initrd>
    <cmdline>{" ".join(["console=ttyS0 quiet oops=panic", words]).strip()}</cmdline>
  </os>
  <features><acpi/></features>
  <devices>
    <emulator>{self.emulator}</emulator>
    <serial type='file'>
      <source path='{self.serial(name)}' append='on'/>
      <target port='0'/>
    </serial>
    <memballoon model='none'/>
  </devices>
</domain>
"""

    def serial(self, name):
        return self.serials / f"{name}.serial"


class Host:
    """Namespaces for mounts, network and name; a subclass says which daemon runs there."""

    kind = "nothing"

    def __init__(self, site, name):
        self.site = site
        self.name = name
        self.folder = site.folder / name
        self.folder.mkdir()
        self.daemon = None
        # Without --fork unshare becomes the command, so its process id is the holder's.
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "--net", "--uts", "--propagation", "private", "bash", "-c",
             "echo ready; read -r _"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.run("hostname", name)
        self.run("ip", "link", "set", "lo", "up")
        site.plug_in(self)

    def inside(self, *words):
        return ["nsenter", "--target", str(self.holder.pid), "--mount", "--net", "--uts", "--", *map(str, words)]

    def run(self, *words):
        return run(*self.inside(*words))

    def own(self, ours, theirs):
        """Lets the host see a folder of its own in place of one of the machine's."""
        folder = self.folder / ours
        folder.mkdir()
        os.makedirs(theirs, exist_ok=True)  # those in /run come with the first start of a machine's own daemon
        self.run("mount", "--bind", folder, theirs)
        return folder

    @property
    def uri(self):
        return f"qemu+tcp://{self.name}/system"

    @property
    def local_uri(self):
        """Over the Unix socket, as a client on that host would; the socket can be seen from outside."""
        return f"qemu+unix:///system?socket={self.socket()}"

    def start(self):
        with (self.folder / "daemon.log").open("a") as log:
            self.daemon = subprocess.Popen(
                self.inside(*self.command()), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_for(f"the daemon of {self.name} answers", self._answers)
        except Exception:
            print((self.folder / "daemon.log").read_text()[-4000:])
            raise

    def stop(self):
        """Its guests run on."""
        os.kill(self.daemon.pid, signal.SIGTERM)
        self.daemon.wait()

    def _answers(self):
        if self.daemon.poll() is not None:
            raise RuntimeError(f"The daemon of {self.name} ended with status {self.daemon.returncode}")
        return all(
            subprocess.run(["virsh", "-q", "-c", uri, "hostname"], capture_output=True).returncode == 0
            for uri in (self.uri, self.local_uri))

    def virsh(self, *words):
        return run("virsh", "-q", "-c", self.uri, *map(str, words))

    def create(self, name, memory_mib, *flags, words=""):
        """Starts a guest; words are more words for its kernel, see lab/guest/init."""
        file = self.folder / f"{name}.xml"
        file.write_text(self.site.guest_xml(name, memory_mib, words))
        self.virsh("create", file, *flags)

    def memory(self, line):
        """A line of /proc/PID/status of the daemon, in MiB: VmRSS is resident now, VmHWM the most it ever was."""
        for text in pathlib.Path(f"/proc/{self.daemon.pid}/status").read_text().splitlines():
            if text.startswith(line + ":"):
                return int(text.split()[1]) / 1024
        raise KeyError(line)


class Godwitd(Host):
    """A host with the daemon of this checkout."""

    kind = "godwitd"

    def __init__(self, site, name, **settings):
        """settings are more lines of its configuration."""
        super().__init__(site, name)
        self._settings = settings

    def journal(self):
        return self.folder / "state" / "qemu" / "migrations.journal"

    def socket(self):
        return self.folder / "sockets" / "libvirt-sock"

    def command(self):
        file = self.folder / "godwitd.conf"
        file.write_text(f"""
listen_tcp = 1
listen_tls = 1
auth_tcp = "none"
unix_sock_dir = "{self.folder}/sockets"
host_uuid = "{uuid.uuid4()}"
state_dir = "{self.folder}/state"
run_dir = "{self.folder}/run"
""" + "".join(f"{key} = {value}\n" for key, value in self._settings.items()))
        return [CHECKOUT / "bin" / "godwitd", "-f", file]


class Libvirtd(Host):
    """A host with the installed libvirtd, unchanged, its folders to itself."""

    kind = "libvirtd"

    def __init__(self, site, name):
        super().__init__(site, name)
        self._etc = self.own("etc", "/etc/libvirt")
        self._run = self.own("run", "/run/libvirt")
        self.own("lib", "/var/lib/libvirt")
        self.own("log", "/var/log/libvirt")
        self.own("cache", "/var/cache/libvirt")

    def socket(self):
        return self._run / "libvirt-sock"

    def command(self):
        (self._etc / "libvirtd.conf").write_text(f"""
listen_tls = 1
listen_tcp = 1
auth_tcp = "none"
auth_unix_ro = "none"
auth_unix_rw = "none"
host_uuid = "{uuid.uuid4()}"
log_level = 3
""")
        # No cgroups, no namespaces, no change of owners: these would only cost libvirtd time.
        (self._etc / "qemu.conf").write_text("""
security_driver = "none"
stdio_handler = "file"
cgroup_controllers = []
namespaces = []
dynamic_ownership = 0
user = "root"
group = "root"
""")
        return ["libvirtd", "--listen", "-f", "/etc/libvirt/libvirtd.conf", "-p", self.folder / "libvirtd.pid"]


def guest_process(name):
    """The process id of the only QEMU that runs the guest."""
    found = [int(entry.name) for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit() and _runs(entry, name)]
    if len(found) != 1:
        raise RuntimeError(f"{len(found)} processes run the guest {name}")
    return found[0]


def _runs(entry, name):
    try:
        words = (entry / "cmdline").read_bytes().split(b"\0")
        return b"qemu" in os.path.basename(words[0]) and any(w.split(b",")[0] == b"guest=" + name.encode() for w in words)
    except OSError:
        return False
