package dev.godwit.guest;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.xml.Element;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The status file of a running guest as XML, laid out as libvirt's:
 *
 * <pre>{@code
 * <domstatus state='running' reason='booted' since='1795409539788'>
 *   <job async='migration out' phase='perform3' flags='0x101' asyncStarted='1795409539788'/>
 *   … the driver's own elements …
 *   <domain type='qemu' id='29'> … </domain>
 * </domstatus>
 * }</pre>
 */
final class StatusXml {

    private static final String OUT = "migration out";
    private static final String IN = "migration in";

    private StatusXml() {}

    static String print(GuestStatus status) {
        MigrationJob.Note note = status.migration();
        Element job = Element.of("job")
                .withAttr("async", switch (status.operation()) {
                    case MIGRATION_OUT -> OUT;
                    case MIGRATION_IN -> IN;
                    default -> "none";
                })
                .withAttr("phase", note.phase().text())
                .withAttr("flags", "0x" + Integer.toHexString(note.flags()));
        if (note.started().isPresent()) {
            job = job.withAttr("asyncStarted", note.started().get().toEpochMilli());
        }
        Element root = Element.of("domstatus")
                .withAttr("state", StateNames.state(status.state()))
                .withAttr("reason", StateNames.reason(status.state()))
                .withAttr("since", status.since().toEpochMilli())
                .with(job);
        for (Element element : status.driver()) {
            root = root.with(element);
        }
        return root.with(status.definition()).print();
    }

    static GuestStatus read(Element root) {
        if (!root.name().equals("domstatus")) {
            throw bad("unexpected root element <" + root.name() + ">, expecting <domstatus>");
        }
        String state = root.attr("state", "");
        String reason = root.attr("reason", "");
        StateReason known = StateNames.of(state, reason)
                .orElseThrow(() -> bad("invalid domain state '" + state + "' with reason '" + reason + "'"));
        Element definition = root.child("domain").orElseThrow(() -> bad("no domain definition"));
        Element job = root.child("job").orElse(Element.of("job"));
        List<Element> driver = new ArrayList<>(root.without("job", "domain").elements());
        return new GuestStatus(known, instant(root, "since").orElse(Instant.EPOCH), operation(job),
                new MigrationJob.Note(phase(job), flags(job), instant(job, "asyncStarted")), driver, definition);
    }

    private static JobOperation operation(Element job) {
        String async = job.attr("async", "none");
        return switch (async) {
            case "none" -> JobOperation.UNKNOWN;
            case OUT -> JobOperation.MIGRATION_OUT;
            case IN -> JobOperation.MIGRATION_IN;
            default -> throw bad("unknown job '" + async + "'");
        };
    }

    private static MigrationPhase phase(Element job) {
        String text = job.attr("phase", MigrationPhase.NONE.text());
        return MigrationPhase.of(text).orElseThrow(() -> bad("unknown job phase '" + text + "'"));
    }

    private static int flags(Element job) {
        try {
            return (int) Long.decode(job.attr("flags", "0")).longValue();
        } catch (NumberFormatException e) {
            throw bad("invalid job flags '" + job.attr("flags", "") + "'");
        }
    }

    private static Optional<Instant> instant(Element element, String attribute) {
        try {
            return element.attr(attribute).map(Long::parseLong).map(Instant::ofEpochMilli);
        } catch (NumberFormatException | DateTimeException e) {
            throw bad("invalid time in '" + attribute + "'");
        }
    }

    private static VirtException bad(String what) {
        return new VirtException(ErrorCode.XML_ERROR, ErrorDomain.DOMAIN, what);
    }
}
