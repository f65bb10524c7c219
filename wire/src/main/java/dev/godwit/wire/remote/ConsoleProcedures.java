package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Permission.DOMAIN_OPEN_DEVICE;
import static dev.godwit.wire.remote.Permission.DOMAIN_OPEN_GRAPHICS;
import static dev.godwit.wire.remote.Permission.DOMAIN_SCREENSHOT;
import static dev.godwit.wire.remote.Permission.DOMAIN_SEND_INPUT;
import static dev.godwit.wire.remote.Procedure.call;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Unsigned;
import java.util.List;
import java.util.Optional;

/**
 * Ways to the guest's screen and keyboard. Those with a stream go on as {@code STREAM} messages with the serial of the call.
 */
public final class ConsoleProcedures {

    /**
     * Connects a stream, in both directions, to a serial port or console; without a name to the first. {@code
     * flags}: 1 take over from another client, 2 fail unless the device can be locked.
     */
    public static final Procedure<OpenConsoleArgs, Nothing> OPEN_CONSOLE =
            call(201, OpenConsoleArgs.class, Nothing.class).api("virDomainOpenConsole")
                    .allow(DOMAIN_OPEN_DEVICE).readStream();

    /** Sends a picture of the screen as a stream; the reply names its MIME type. */
    public static final Procedure<ScreenshotArgs, ScreenshotRet> SCREENSHOT =
            call(211, ScreenshotArgs.class, ScreenshotRet.class).api("virDomainScreenshot")
                    .allow(DOMAIN_SCREENSHOT).readStream();

    /**
     * Connects an open socket, which travels beside the message, to the display. {@code flags}: 1 skip the
     * display's authentication.
     */
    public static final Procedure<OpenGraphicsArgs, Nothing> OPEN_GRAPHICS =
            call(249, OpenGraphicsArgs.class, Nothing.class).api("virDomainOpenGraphics")
                    .allow(DOMAIN_OPEN_GRAPHICS);

    /** {@link #OPEN_GRAPHICS} with a socket that travels back beside the reply. */
    public static final Procedure<OpenGraphicsFdArgs, Nothing> OPEN_GRAPHICS_FD =
            call(343, OpenGraphicsFdArgs.class, Nothing.class).api("virDomainOpenGraphicsFD")
                    .allow(DOMAIN_OPEN_GRAPHICS);

    /** Presses keys together for {@code holdtime} milliseconds. */
    public static final Procedure<SendKeyArgs, Nothing> SEND_KEY =
            call(226, SendKeyArgs.class, Nothing.class).api("virDomainSendKey").allow(DOMAIN_SEND_INPUT);

    // @formatter:off
    public record OpenConsoleArgs(NonnullDomain dom, Optional<String> devName, @Unsigned int flags) {}
    public record ScreenshotArgs(NonnullDomain dom, @Unsigned int screen, @Unsigned int flags) {}
    public record ScreenshotRet(Optional<String> mime) {}
    public record OpenGraphicsArgs(NonnullDomain dom, @Unsigned int idx, @Unsigned int flags) {}
    public record OpenGraphicsFdArgs(NonnullDomain dom, @Unsigned int idx, @Unsigned int flags) {}
    public record SendKeyArgs(NonnullDomain dom, @Unsigned int codeset, @Unsigned int holdtime,
                              @AtMost(16) List<@Unsigned Integer> keycodes, @Unsigned int flags) {}
    // @formatter:on

    private ConsoleProcedures() {}
}
