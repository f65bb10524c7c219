package dev.godwit.driver.qemu.command;

import dev.godwit.xml.Element;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/** The real-time clock and the interval timer. */
final class ClockArguments implements Part {

    private static final DateTimeFormatter START =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.of("clock")
                .with("offset", "utc", "localtime", "variable", "absolute")
                .with("adjustment")
                .with("basis", "utc")
                .with("start")
                .child(Shape.of("timer")
                        .with("name", "rtc", "pit", "hpet", "kvmclock", "hypervclock")
                        .with("present", "yes", "no")
                        .with("track", "guest", "wall", "realtime")
                        .with("tickpolicy", "delay", "catchup", "discard")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        StringBuilder line = new StringBuilder("base=").append(base(guest));
        guest.timer("rtc").ifPresent(rtc -> {
            rtc.attr("track").ifPresent(track -> line.append(",clock=").append(clock(track)));
            switch (rtc.attr("tickpolicy", "delay")) {
                case "catchup" -> line.append(",driftfix=slew");
                case "discard" -> throw guest.unsupported("<timer name='rtc' tickpolicy='discard'>");
                default -> {}
            }
        });
        out.add("-rtc", line.toString());
        guest.timer("pit").flatMap(pit -> pit.attr("tickpolicy")).ifPresent(policy -> {
            switch (policy) {
                case "delay", "discard" -> out.add("-global", "kvm-pit.lost_tick_policy=" + policy);
                default -> throw guest.unsupported("<timer name='pit' tickpolicy='%s'>".formatted(policy));
            }
        });
    }

    private static String base(Guest guest) {
        Optional<Element> clock = guest.domain().child("clock");
        String offset = clock.flatMap(element -> element.attr("offset")).orElse("utc");
        return switch (offset) {
            case "utc" -> clock.flatMap(element -> element.attr("adjustment"))
                    .filter(adjustment -> !adjustment.equals("reset"))
                    .map(adjustment -> shifted(guest, adjustment))
                    .orElse("utc");
            case "localtime" -> "localtime";
            case "variable" -> shifted(guest, clock.flatMap(element -> element.attr("adjustment")).orElse("0"));
            case "absolute" -> START.format(Instant.EPOCH.plusSeconds(
                    seconds(guest, clock.flatMap(element -> element.attr("start")).orElse("0"))));
            default -> throw guest.unsupported("<clock offset='%s'>".formatted(offset));
        };
    }

    private static String shifted(Guest guest, String adjustment) {
        return START.format(guest.options().now().plusSeconds(seconds(guest, adjustment)));
    }

    private static long seconds(Guest guest, String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw guest.unsupported("<clock> with '%s' for seconds".formatted(text));
        }
    }

    private static String clock(String track) {
        return switch (track) {
            case "guest" -> "vm";
            case "wall" -> "host";
            default -> "rt";
        };
    }
}
