"""What the tapped monitors saw: events with the time at which QEMU sent them."""

import json
from dataclasses import dataclass


def read(file):
    """The events in a tap's file: (seconds since 1970, name, data). A line that is not complete yet is left out."""
    events = []
    for line in file.read_text().split("\n")[:-1]:
        message = json.loads(line)
        if "event" in message:
            stamp = message["timestamp"]
            events.append((stamp["seconds"] + stamp["microseconds"] / 1e6, message["event"], message.get("data", {})))
    return events


def first(events, name, status=None):
    """When the first such event was sent; None if it was not."""
    for at, event, data in events:
        if event == name and (status is None or data.get("status") == status):
            return at
    return None


@dataclass(frozen=True)
class Move:
    """One migration, all times in milliseconds.

    before + transfer + handover + after is the wall time that the client saw.
    """

    before: float  # the client's start until QEMU at the source began: connections, Begin, Prepare
    transfer: float  # QEMU's own total time at the source, from "setup" to "completed"
    handover: float  # from then until the guest's processor ran at the destination
    after: float  # from then until the client ended: the rest of Finish, Confirm
    pause: float  # "pre-switchover" to "device": QEMU waited to be told to go on; 0 if it did not ask
    downtime: float  # as QEMU counts it, at the source: STOP to "completed"
    stillness: float  # STOP at the source to RESUME at the destination

    @property
    def beyond(self):
        """What the migration took beyond QEMU's own total time."""
        return self.before + self.handover + self.after

    @staticmethod
    def of(began, source, destination, ended):
        """From the client's start and end and the two taps. The source was a destination before, and its tap tells."""
        source, destination = ([e for e in events if e[0] >= began] for events in (source, destination))
        setup = first(source, "MIGRATION", "setup")
        stop = first(source, "STOP")
        completed = first(source, "MIGRATION", "completed")
        resume = first(destination, "RESUME")
        asked = first(source, "MIGRATION", "pre-switchover")
        times = {"setup": setup, "STOP": stop, "completed": completed, "RESUME": resume}
        missing = [name for name, at in times.items() if at is None]
        if missing:
            raise RuntimeError(f"The monitors did not tell of: {', '.join(missing)}")
        return Move(
            before=(setup - began) * 1000,
            transfer=(completed - setup) * 1000,
            handover=(resume - completed) * 1000,
            after=(ended - resume) * 1000,
            pause=((first(source, "MIGRATION", "device") or 0) - asked) * 1000 if asked else 0.0,
            downtime=(completed - stop) * 1000,
            stillness=(resume - stop) * 1000)
