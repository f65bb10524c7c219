#!/usr/bin/python3
"""Moves a guest with libvirt's own Python binding, by the functions that virsh does not offer, too.

    migrate.py SOURCE-URI GUEST FUNCTION DESTINATION-URI [FLAG…]

FUNCTION is migrate or migrate3 (with a connection to the destination, which this program opens),
migrateToURI or migrateToURI3 (without). FLAG is the end of a constant's name: LIVE, PEER2PEER,
TUNNELLED, TLS, UNSAFE. PEER-URI=URI gives "migrate" its parameter uri, which is the destination as
the source is to reach it; DATA-URI=URI the hypervisor's.
"""

import sys

import libvirt


def main():
    source_uri, name, function, destination_uri, *words = sys.argv[1:]
    given = dict(word.split("=", 1) for word in words if "=" in word)
    flags = 0
    for word in words:
        if "=" not in word:
            flags |= getattr(libvirt, "VIR_MIGRATE_" + word)
    libvirt.registerErrorHandler(lambda context, error: None, None)
    with_data_uri = {libvirt.VIR_MIGRATE_PARAM_URI: given["DATA-URI"]} if "DATA-URI" in given else {}
    try:
        guest = libvirt.open(source_uri).lookupByName(name)
        if function == "migrate":
            moved = guest.migrate(libvirt.open(destination_uri), flags, None, given.get("PEER-URI"), 0)
            print(f"{moved.name()} has the id {moved.ID()} there")
        elif function == "migrate3":
            moved = guest.migrate3(libvirt.open(destination_uri), with_data_uri, flags)
            print(f"{moved.name()} has the id {moved.ID()} there")
        elif function == "migrateToURI":
            guest.migrateToURI(destination_uri, flags, None, 0)
        elif function == "migrateToURI3":
            guest.migrateToURI3(destination_uri or None, with_data_uri, flags)
        else:
            sys.exit(f"{function} is no function of this program")
    except libvirt.libvirtError as error:
        sys.exit(f"error: {error}")


main()
