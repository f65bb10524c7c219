# What this checkout needs from the machine, and how to get it. Sourced by ./build, ./demo and ./test.
#
# Debian 12, Debian 13 and Ubuntu are known. With root or sudo what is missing is installed by the
# package manager; without, the exact command is printed and the script ends. No package source is
# ever named here: Debian 12's backports are found by copying the machine's own Debian source.
# shellcheck shell=sh

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "$@"
    exit 1
}

# --- the distribution ----------------------------------------------------------------------------

distribution() { # such as "debian 12"
    (
        ID=unknown VERSION_ID=
        # shellcheck disable=SC1091
        [ -r /etc/os-release ] && . /etc/os-release
        echo "$ID ${VERSION_ID:-testing}"
    )
}

# --- becoming root, for the package manager only ---------------------------------------------------

as_root() { # runs a command as root, or says which one and ends
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        sudo "$@"
    else
        die "This needs root once. Run:" "    $(as_root_words "$@")" "and start again."
    fi
}

as_root_words() {
    printf 'sudo'
    printf ' %s' "$@"
}

apt_lists() { # fetches the package lists where there are none
    if [ -z "$(apt-cache search --names-only '^bash$' 2>/dev/null)" ]; then
        as_root apt-get -qq update
    fi
}

apt_install() { # apt_install [-t SUITE] PACKAGE…
    command -v apt-get >/dev/null || die "Missing: $*. This machine has no apt-get; install them your way and start again."
    apt_lists
    say "Installing: $*"
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >/dev/null ||
        die "apt-get could not install: $*"
}

# Packages of commands that are missing: need_commands COMMAND:PACKAGE…
need_commands() {
    missing=
    for pair in "$@"; do
        PATH="$PATH:/usr/sbin:/sbin" command -v "${pair%%:*}" >/dev/null ||
            case " $missing " in
                *" ${pair#*:} "*) ;;
                *) missing="$missing ${pair#*:}" ;;
            esac
    done
    # shellcheck disable=SC2086
    [ -z "$missing" ] || apt_install $missing
}

# Debian 12's backports, from the machine's own Debian source with the suite replaced.
need_backports() {
    apt_lists
    case $(apt-cache policy) in
        *n=bookworm-backports*) return ;;
    esac
    new=$(mktemp)
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -f "$file" ] &&
            sed -n '/^deb .* bookworm .*main/ { s/ bookworm .*/ bookworm-backports main/; p; q; }' "$file" >>"$new"
    done
    target=/etc/apt/sources.list.d/godwit-backports.list
    if ! [ -s "$new" ]; then
        for file in /etc/apt/sources.list.d/*.sources; do
            # The first paragraph that has the suite "bookworm" and is Debian's own archive.
            [ -f "$file" ] && awk -v RS= '/(^|\n)Suites:[^\n]*bookworm( |\n|$)/ {
                gsub(/\nSuites:[^\n]*/, "\nSuites: bookworm-backports"); print; exit }' "$file" >>"$new"
            [ -s "$new" ] && break
        done
        target=/etc/apt/sources.list.d/godwit-backports.sources
    fi
    [ -s "$new" ] || die "Found no Debian source of this machine to take bookworm-backports from; add it to /etc/apt and start again."
    as_root install -m 644 "$new" "$target"
    rm -f "$new"
    as_root apt-get -qq update
}

# --- the JDK ---------------------------------------------------------------------------------------

is_jdk_25() { # a folder with a JDK that is new enough
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] &&
        version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release") &&
        [ "${version:-0}" -ge 25 ]
}

find_jdk() { # sets and exports JAVA_HOME to a JDK 25 or newer, or fails
    for home in "${JAVA_HOME:-/nonexistent}" /usr/lib/jvm/*; do
        if is_jdk_25 "$home"; then
            JAVA_HOME=$home
            export JAVA_HOME
            return 0
        fi
    done
    return 1
}

need_jdk() {
    find_jdk && return
    apt_lists
    # Read whole, not through "grep -q": where a pipe's first failure counts, its early end is one.
    case $(apt-cache policy openjdk-25-jdk-headless 2>/dev/null) in
        *"Candidate: "[0-9]*)
            apt_install openjdk-25-jdk-headless
            find_jdk && return
            ;;
    esac
    case $(distribution) in
        "debian 12")
            die "Godwit needs a JDK 25 or newer, and Debian 12 packages none newer than 17." \
                "Unpack one, such as Eclipse Temurin 25 for Linux x64, into a folder under /usr/lib/jvm," \
                "or set JAVA_HOME to where it is; then start again."
            ;;
        *)
            die "Godwit needs a JDK 25 or newer. Install one (on Debian 13: apt-get install openjdk-25-jdk-headless)," \
                "unpack one under /usr/lib/jvm, or set JAVA_HOME; then start again."
            ;;
    esac
}

# --- QEMU and libvirt ------------------------------------------------------------------------------

qemu_major() {
    qemu-system-x86_64 --version 2>/dev/null | sed -n 's/.*version \([0-9]*\)\..*/\1/p' | head -n 1
}

# Whether a Linux guest really boots under KVM here: the device can exist and open, and still not run one.
# kvm_works GUEST-FOLDER
kvm_works() {
    [ -w /dev/kvm ] || return 1
    serial=$(mktemp)
    timeout 15 qemu-system-x86_64 -accel kvm -m 128 -display none -nodefaults -no-reboot \
        -kernel "$1/vmlinuz" -initrd "$1/initrd.img" -append 'console=ttyS0 quiet' \
        -serial "file:$serial" >/dev/null 2>&1 &
    trial=$!
    while kill -0 "$trial" 2>/dev/null && ! grep -q ready "$serial"; do
        sleep 0.2
    done
    kill "$trial" 2>/dev/null
    wait "$trial" 2>/dev/null
    grep -q ready "$serial"
    works=$?
    rm -f "$serial"
    return "$works"
}

# QEMU 7.2, which is Debian 12's, loses guest memory in a migration under TCG. Where KVM does not
# work it is replaced by the one from backports.
# need_qemu CHECKOUT
need_qemu() {
    packages="qemu-system-x86 qemu-utils ipxe-qemu seabios"
    if ! command -v qemu-system-x86_64 >/dev/null || ! command -v qemu-img >/dev/null; then
        if [ "$(distribution)" = "debian 12" ]; then
            need_backports
            # shellcheck disable=SC2086
            apt_install -t bookworm-backports $packages
        else
            # shellcheck disable=SC2086
            apt_install $packages
        fi
    fi
    if [ "$(qemu_major)" -le 7 ] && ! kvm_works "$(GODWIT_QUIET=1 "$1/lab/guest/make-guest")"; then
        [ "$(distribution)" = "debian 12" ] ||
            die "QEMU $(qemu_major) loses guest memory when it migrates without KVM, and KVM does not work here. Install QEMU 8 or newer and start again."
        say "QEMU $(qemu_major) loses guest memory when it migrates without KVM; taking a newer one from backports."
        need_backports
        # shellcheck disable=SC2086
        apt_install -t bookworm-backports $packages
    fi
}

# A stock libvirtd for the lab. On Debian 12 the one from backports, beside QEMU's.
need_libvirt() {
    if command -v virsh >/dev/null && PATH="$PATH:/usr/sbin" command -v libvirtd >/dev/null &&
        ls /usr/lib/*/libvirt/connection-driver/libvirt_driver_qemu.so >/dev/null 2>&1; then
        return
    fi
    packages="libvirt-daemon libvirt-clients libvirt-daemon-driver-qemu"
    if [ "$(distribution)" = "debian 12" ]; then
        need_backports
        # shellcheck disable=SC2086
        apt_install -t bookworm-backports $packages
    else
        # shellcheck disable=SC2086
        apt_install $packages
    fi
}

# What the guest of the lab and of the demo is made of.
need_guest_parts() {
    if ! command -v busybox >/dev/null || ldd "$(command -v busybox)" >/dev/null 2>&1; then
        apt_install busybox-static
    fi
    need_commands gzip:gzip xz:xz-utils dpkg-deb:dpkg
    apt_lists
}

# What the lab needs beyond the guest: hosts are namespaces, with an sshd and certificates of their own.
# need_lab CHECKOUT
need_lab() {
    need_commands ip:iproute2 unshare:util-linux ping:iputils-ping hostname:hostname tcpdump:tcpdump openssl:openssl \
        sshd:openssh-server ssh:openssh-client nc:netcat-openbsd gnutls-cli:gnutls-bin /usr/bin/python3:python3
    need_guest_parts
    need_qemu "$1"
    need_libvirt
    # What stock peers log in with, which libvirt only recommends; and what libvirt 9.0 needs, which the lab unpacks without its packages.
    ls /usr/lib/*/sasl2/libscram.so >/dev/null 2>&1 || apt_install libsasl2-modules
    ls /usr/lib/*/libpciaccess.so.0 >/dev/null 2>&1 || apt_install libpciaccess0
    # The distribution's own Python: python3-libvirt is for that one.
    /usr/bin/python3 -c "import libvirt" 2>/dev/null || apt_install python3-libvirt
}
