package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Permission.DOMAIN_DELETE;
import static dev.godwit.wire.remote.Permission.DOMAIN_GETATTR;
import static dev.godwit.wire.remote.Permission.DOMAIN_HIBERNATE;
import static dev.godwit.wire.remote.Permission.DOMAIN_INIT_CONTROL;
import static dev.godwit.wire.remote.Permission.DOMAIN_RESET;
import static dev.godwit.wire.remote.Permission.DOMAIN_SAVE;
import static dev.godwit.wire.remote.Permission.DOMAIN_START;
import static dev.godwit.wire.remote.Permission.DOMAIN_STOP;
import static dev.godwit.wire.remote.Permission.DOMAIN_SUSPEND;
import static dev.godwit.wire.remote.Permission.DOMAIN_WRITE;
import static dev.godwit.wire.remote.Procedure.call;

import dev.godwit.wire.xdr.Unsigned;
import java.util.Optional;
import java.util.UUID;

/**
 * The life of a guest: found, defined, started, stopped, forgotten.
 *
 * <p>A daemon tells guests apart by UUID alone; name and id in {@link NonnullDomain} are for people.
 */
public final class DomainProcedures {

    /** Finds a running guest by its id. */
    public static final Procedure<LookupByIdArgs, DomainRet> LOOKUP_BY_ID =
            call(22, LookupByIdArgs.class, DomainRet.class).api("virDomainLookupByID").allow(DOMAIN_GETATTR)
                    .readOnlyAllowed().priority();

    /** Finds a guest by its name. */
    public static final Procedure<LookupByNameArgs, DomainRet> LOOKUP_BY_NAME =
            call(23, LookupByNameArgs.class, DomainRet.class).api("virDomainLookupByName")
                    .allow(DOMAIN_GETATTR).readOnlyAllowed().priority();

    /** Finds a guest by its UUID. */
    public static final Procedure<LookupByUuidArgs, DomainRet> LOOKUP_BY_UUID =
            call(24, LookupByUuidArgs.class, DomainRet.class).api("virDomainLookupByUUID")
                    .allow(DOMAIN_GETATTR).readOnlyAllowed().priority();

    /** Starts a transient guest. {@code flags}: {@link DomainCreateFlags}. */
    public static final Procedure<CreateXmlArgs, DomainRet> CREATE_XML =
            call(10, CreateXmlArgs.class, DomainRet.class).api("virDomainCreateXML")
                    .allow(DOMAIN_WRITE, DOMAIN_START);

    /** {@link #CREATE_XML} with open files, which travel beside the message. */
    public static final Procedure<CreateXmlWithFilesArgs, DomainRet> CREATE_XML_WITH_FILES =
            call(309, CreateXmlWithFilesArgs.class, DomainRet.class).api("virDomainCreateXMLWithFiles")
                    .allow(DOMAIN_WRITE, DOMAIN_START);

    /** Makes a guest persistent, or changes the configuration for its next start. */
    public static final Procedure<DefineXmlArgs, DomainRet> DEFINE_XML =
            call(11, DefineXmlArgs.class, DomainRet.class).api("virDomainDefineXML")
                    .allow(DOMAIN_WRITE, DOMAIN_SAVE).priority();

    /** {@link #DEFINE_XML} with {@code flags}: {@link DomainCreateFlags#DEFINE_VALIDATE}. */
    public static final Procedure<DefineXmlFlagsArgs, DomainRet> DEFINE_XML_FLAGS =
            call(350, DefineXmlFlagsArgs.class, DomainRet.class).api("virDomainDefineXMLFlags")
                    .allow(DOMAIN_WRITE, DOMAIN_SAVE).priority();

    /** Starts a guest that is defined. */
    public static final Procedure<DomainArgs, Nothing> CREATE =
            call(9, DomainArgs.class, Nothing.class).api("virDomainCreate").allow(DOMAIN_START);

    /** {@link #CREATE} with {@code flags}: {@link DomainCreateFlags}. */
    public static final Procedure<DomainFlagsArgs, DomainRet> CREATE_WITH_FLAGS =
            call(196, DomainFlagsArgs.class, DomainRet.class).api("virDomainCreateWithFlags")
                    .allow(DOMAIN_START);

    /** {@link #CREATE_WITH_FLAGS} with open files, which travel beside the message. */
    public static final Procedure<DomainFlagsArgs, DomainRet> CREATE_WITH_FILES =
            call(310, DomainFlagsArgs.class, DomainRet.class).api("virDomainCreateWithFiles")
                    .allow(DOMAIN_START);

    /** Ends the guest at once, as if its power were cut. */
    public static final Procedure<DomainArgs, Nothing> DESTROY =
            call(12, DomainArgs.class, Nothing.class).api("virDomainDestroy").allow(DOMAIN_STOP).priority();

    /** {@link #DESTROY} with {@code flags}: {@link DomainStopFlags}. */
    public static final Procedure<DomainFlagsArgs, Nothing> DESTROY_FLAGS =
            call(234, DomainFlagsArgs.class, Nothing.class).api("virDomainDestroyFlags").allow(DOMAIN_STOP)
                    .priority();

    /** Forgets the configuration. A running guest becomes transient. */
    public static final Procedure<DomainArgs, Nothing> UNDEFINE =
            call(35, DomainArgs.class, Nothing.class).api("virDomainUndefine").allow(DOMAIN_DELETE).priority();

    /** {@link #UNDEFINE} with {@code flags}: {@link DomainUndefineFlags}. */
    public static final Procedure<DomainFlagsArgs, Nothing> UNDEFINE_FLAGS =
            call(231, DomainFlagsArgs.class, Nothing.class).api("virDomainUndefineFlags").allow(DOMAIN_DELETE)
                    .priority();

    /** Stops the guest's CPUs; it stays in memory. */
    public static final Procedure<DomainArgs, Nothing> SUSPEND =
            call(34, DomainArgs.class, Nothing.class).api("virDomainSuspend").allow(DOMAIN_SUSPEND);

    /** Lets the guest's CPUs run again. */
    public static final Procedure<DomainArgs, Nothing> RESUME =
            call(28, DomainArgs.class, Nothing.class).api("virDomainResume").allow(DOMAIN_SUSPEND);

    /** Asks the guest to power off. Returns before it has. */
    public static final Procedure<DomainArgs, Nothing> SHUTDOWN =
            call(33, DomainArgs.class, Nothing.class).api("virDomainShutdown").allow(DOMAIN_INIT_CONTROL);

    /** {@link #SHUTDOWN} with {@code flags}: {@link DomainStopFlags}. */
    public static final Procedure<DomainFlagsArgs, Nothing> SHUTDOWN_FLAGS =
            call(258, DomainFlagsArgs.class, Nothing.class).api("virDomainShutdownFlags")
                    .allow(DOMAIN_INIT_CONTROL);

    /** Asks the guest to restart. {@code flags}: {@link DomainStopFlags}. */
    public static final Procedure<DomainFlagsArgs, Nothing> REBOOT =
            call(27, DomainFlagsArgs.class, Nothing.class).api("virDomainReboot").allow(DOMAIN_INIT_CONTROL);

    /** Presses the reset button. */
    public static final Procedure<DomainFlagsArgs, Nothing> RESET =
            call(245, DomainFlagsArgs.class, Nothing.class).api("virDomainReset").allow(DOMAIN_RESET);

    /** Whether the guest starts with the host. */
    public static final Procedure<SetAutostartArgs, Nothing> SET_AUTOSTART =
            call(29, SetAutostartArgs.class, Nothing.class).api("virDomainSetAutostart").allow(DOMAIN_WRITE)
                    .priority();

    /** Whether the guest starts with the host, the next time only. Since libvirt 11.2. */
    public static final Procedure<SetAutostartOnceArgs, Nothing> SET_AUTOSTART_ONCE =
            call(450, SetAutostartOnceArgs.class, Nothing.class).api("virDomainSetAutostartOnce")
                    .allow(DOMAIN_WRITE).priority();

    /** Changes the number of virtual CPUs. {@code flags}: {@link AffectFlags}, {@link VcpuFlags}. */
    public static final Procedure<SetVcpusFlagsArgs, Nothing> SET_VCPUS_FLAGS =
            call(199, SetVcpusFlagsArgs.class, Nothing.class).api("virDomainSetVcpusFlags")
                    .allow(DOMAIN_WRITE);

    /** Changes the balloon's target, in KiB. */
    public static final Procedure<SetMemoryArgs, Nothing> SET_MEMORY =
            call(31, SetMemoryArgs.class, Nothing.class).api("virDomainSetMemory").allow(DOMAIN_WRITE);

    /** {@link #SET_MEMORY} with {@code flags}: {@link AffectFlags}. */
    public static final Procedure<SetMemoryFlagsArgs, Nothing> SET_MEMORY_FLAGS =
            call(204, SetMemoryFlagsArgs.class, Nothing.class).api("virDomainSetMemoryFlags")
                    .allow(DOMAIN_WRITE);

    /** Changes the largest memory, in KiB; only while the guest is off. */
    public static final Procedure<SetMaxMemoryArgs, Nothing> SET_MAX_MEMORY =
            call(30, SetMaxMemoryArgs.class, Nothing.class).api("virDomainSetMaxMemory").allow(DOMAIN_WRITE)
                    .priority();

    /** Changes the description (type 0), the title (1) or an element in a namespace of its own (2). */
    public static final Procedure<SetMetadataArgs, Nothing> SET_METADATA =
            call(264, SetMetadataArgs.class, Nothing.class).api("virDomainSetMetadata").allow(DOMAIN_WRITE);

    /** Throws the saved memory image away. */
    public static final Procedure<DomainFlagsArgs, Nothing> MANAGED_SAVE_REMOVE =
            call(184, DomainFlagsArgs.class, Nothing.class).api("virDomainManagedSaveRemove")
                    .allow(DOMAIN_HIBERNATE);

    // @formatter:off
    public record LookupByIdArgs(int id) {}
    public record LookupByNameArgs(String name) {}
    public record LookupByUuidArgs(UUID uuid) {}
    public record CreateXmlArgs(String xmlDesc, @Unsigned int flags) {}
    public record CreateXmlWithFilesArgs(String xmlDesc, @Unsigned int flags) {}
    public record DefineXmlArgs(String xml) {}
    public record DefineXmlFlagsArgs(String xml, @Unsigned int flags) {}
    public record SetAutostartArgs(NonnullDomain dom, int autostart) {}
    public record SetAutostartOnceArgs(NonnullDomain dom, int autostart) {}
    public record SetVcpusFlagsArgs(NonnullDomain dom, @Unsigned int nvcpus, @Unsigned int flags) {}
    public record SetMemoryArgs(NonnullDomain dom, @Unsigned long memory) {}
    public record SetMemoryFlagsArgs(NonnullDomain dom, @Unsigned long memory, @Unsigned int flags) {}
    public record SetMaxMemoryArgs(NonnullDomain dom, @Unsigned long memory) {}
    public record SetMetadataArgs(NonnullDomain dom, int type, Optional<String> metadata, Optional<String> key,
                                  Optional<String> uri, @Unsigned int flags) {}
    // @formatter:on

    private DomainProcedures() {}
}
