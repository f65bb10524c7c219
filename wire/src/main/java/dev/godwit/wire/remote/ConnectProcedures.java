package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Permission.CONNECT_GETATTR;
import static dev.godwit.wire.remote.Permission.CONNECT_READ;
import static dev.godwit.wire.remote.Permission.CONNECT_SEARCH_DOMAINS;
import static dev.godwit.wire.remote.Permission.CONNECT_SEARCH_NETWORKS;
import static dev.godwit.wire.remote.Permission.CONNECT_SEARCH_STORAGE_POOLS;
import static dev.godwit.wire.remote.Permission.CONNECT_WRITE;
import static dev.godwit.wire.remote.Procedure.call;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Unsigned;
import java.util.List;
import java.util.Optional;

/**
 * Opening and closing a connection, and what the daemon says about itself and its guests as a whole.
 */
public final class ConnectProcedures {

    /**
     * Opens the hypervisor connection. {@code flags}: {@link ConnectFlags}; {@code name} is the URI without
     * transport, user, host and port.
     */
    public static final Procedure<OpenArgs, Nothing> OPEN =
            call(1, OpenArgs.class, Nothing.class).api("virConnectOpen").allow(CONNECT_GETATTR).readOnlyAllowed().priority();

    /** Ends the conversation: the server answers, then closes the connection. */
    public static final Procedure<Nothing, Nothing> CLOSE =
            call(2, Nothing.class, Nothing.class).api("virConnectClose").readOnlyAllowed().priority();

    /** The kind of hypervisor, "QEMU" for QEMU. */
    public static final Procedure<Nothing, GetTypeRet> GET_TYPE =
            call(3, Nothing.class, GetTypeRet.class).api("virConnectGetType").allow(CONNECT_GETATTR)
                    .readOnlyAllowed().priority();

    /** The hypervisor's version: 1000000 major + 1000 minor + micro. */
    public static final Procedure<Nothing, GetVersionRet> GET_VERSION =
            call(4, Nothing.class, GetVersionRet.class).api("virConnectGetVersion").allow(CONNECT_GETATTR)
                    .readOnlyAllowed().priority();

    /** The daemon's version, in the same form. */
    public static final Procedure<Nothing, GetLibVersionRet> GET_LIB_VERSION =
            call(157, Nothing.class, GetLibVersionRet.class).api("virConnectGetLibVersion")
                    .allow(CONNECT_GETATTR).readOnlyAllowed().priority();

    /** The host's name. */
    public static final Procedure<Nothing, GetHostnameRet> GET_HOSTNAME =
            call(59, Nothing.class, GetHostnameRet.class).api("virConnectGetHostname").allow(CONNECT_GETATTR)
                    .readOnlyAllowed().priority();

    /** The URI that was opened; how a client that gave none learns what it got. */
    public static final Procedure<Nothing, GetUriRet> GET_URI =
            call(110, Nothing.class, GetUriRet.class).api("virConnectGetURI").allow(CONNECT_GETATTR)
                    .readOnlyAllowed().priority();

    /** The host's SMBIOS tables as XML. */
    public static final Procedure<GetSysinfoArgs, GetSysinfoRet> GET_SYSINFO =
            call(203, GetSysinfoArgs.class, GetSysinfoRet.class).api("virConnectGetSysinfo")
                    .allow(CONNECT_READ).readOnlyAllowed().priority();

    /** The largest number of virtual CPUs a guest of this type can have. */
    public static final Procedure<GetMaxVcpusArgs, GetMaxVcpusRet> GET_MAX_VCPUS =
            call(5, GetMaxVcpusArgs.class, GetMaxVcpusRet.class).api("virConnectGetMaxVcpus")
                    .allow(CONNECT_READ).readOnlyAllowed().priority();

    /** What host and hypervisor can do, as XML. */
    public static final Procedure<Nothing, GetCapabilitiesRet> GET_CAPABILITIES =
            call(7, Nothing.class, GetCapabilitiesRet.class).api("virConnectGetCapabilities")
                    .allow(CONNECT_READ).readOnlyAllowed();

    /**
     * What a guest can have with one emulator, as XML. Runs the emulator it is given, so a read-only
     * connection may not ask.
     */
    public static final Procedure<GetDomainCapabilitiesArgs, GetDomainCapabilitiesRet> GET_DOMAIN_CAPABILITIES =
            call(342, GetDomainCapabilitiesArgs.class, GetDomainCapabilitiesRet.class)
                    .api("virConnectGetDomainCapabilities").allow(CONNECT_WRITE);

    /** Whether the server has a {@link Feature}. Never an error; an unknown number is answered 0. */
    public static final Procedure<SupportsFeatureArgs, SupportsFeatureRet> SUPPORTS_FEATURE =
            call(60, SupportsFeatureArgs.class, SupportsFeatureRet.class).api("virConnectSupportsFeature")
                    .allow(CONNECT_GETATTR).readOnlyAllowed().priority();

    /** Whether the way from the daemon to the hypervisor is secure; says nothing about this connection. */
    public static final Procedure<Nothing, IsSecureRet> IS_SECURE =
            call(149, Nothing.class, IsSecureRet.class).api("virConnectIsSecure").readOnlyAllowed().priority();

    /** Asks to be told when the daemon loses its own upstream connection. */
    public static final Procedure<Nothing, Nothing> REGISTER_CLOSE_CALLBACK =
            call(360, Nothing.class, Nothing.class).api("virConnectRegisterCloseCallback")
                    .allow(CONNECT_GETATTR).readOnlyAllowed();

    /** Takes {@link #REGISTER_CLOSE_CALLBACK} back. */
    public static final Procedure<Nothing, Nothing> UNREGISTER_CLOSE_CALLBACK =
            call(361, Nothing.class, Nothing.class).api("virConnectUnregisterCloseCallback")
                    .allow(CONNECT_GETATTR).readOnlyAllowed();

    /**
     * Names the user on whose behalf a proxy daemon speaks. Only trustworthy from root on the read-write Unix
     * socket.
     */
    public static final Procedure<SetIdentityArgs, Nothing> SET_IDENTITY =
            call(419, SetIdentityArgs.class, Nothing.class).api("virConnectSetIdentity").allow(CONNECT_WRITE);

    /** How the host's CPU compares with a description: -1 error, 0 incompatible, 1 identical, 2 superset. */
    public static final Procedure<CompareCpuArgs, CompareCpuRet> COMPARE_CPU =
            call(158, CompareCpuArgs.class, CompareCpuRet.class).api("virConnectCompareCPU")
                    .allow(CONNECT_READ).readOnlyAllowed().priority();

    /** The richest CPU that all of the described ones can provide. */
    public static final Procedure<BaselineCpuArgs, BaselineCpuRet> BASELINE_CPU =
            call(162, BaselineCpuArgs.class, BaselineCpuRet.class).api("virConnectBaselineCPU")
                    .allow(CONNECT_READ).readOnlyAllowed();

    /** The names of the CPU models of an architecture; with {@code needResults} 0 only their number. */
    public static final Procedure<GetCpuModelNamesArgs, GetCpuModelNamesRet> GET_CPU_MODEL_NAMES =
            call(312, GetCpuModelNamesArgs.class, GetCpuModelNamesRet.class).api("virConnectGetCPUModelNames")
                    .allow(CONNECT_READ).readOnlyAllowed();

    /** The number of running guests. */
    public static final Procedure<Nothing, NumOfDomainsRet> NUM_OF_DOMAINS =
            call(51, Nothing.class, NumOfDomainsRet.class).api("virConnectNumOfDomains")
                    .allow(CONNECT_SEARCH_DOMAINS).readOnlyAllowed().priority();

    /** The ids of running guests. */
    public static final Procedure<ListDomainsArgs, ListDomainsRet> LIST_DOMAINS =
            call(37, ListDomainsArgs.class, ListDomainsRet.class).api("virConnectListDomains")
                    .allow(CONNECT_SEARCH_DOMAINS).readOnlyAllowed().priority();

    /** The number of guests that are defined and do not run. */
    public static final Procedure<Nothing, NumOfDefinedDomainsRet> NUM_OF_DEFINED_DOMAINS =
            call(25, Nothing.class, NumOfDefinedDomainsRet.class).api("virConnectNumOfDefinedDomains")
                    .allow(CONNECT_SEARCH_DOMAINS).readOnlyAllowed().priority();

    /** The names of guests that are defined and do not run. */
    public static final Procedure<ListDefinedDomainsArgs, ListDefinedDomainsRet> LIST_DEFINED_DOMAINS =
            call(21, ListDefinedDomainsArgs.class, ListDefinedDomainsRet.class)
                    .api("virConnectListDefinedDomains").allow(CONNECT_SEARCH_DOMAINS).readOnlyAllowed()
                    .priority();

    /** Guests by filter, {@code flags}: {@link DomainListFlags}; with {@code needResults} 0 only their number. */
    public static final Procedure<ListAllDomainsArgs, ListAllDomainsRet> LIST_ALL_DOMAINS =
            call(273, ListAllDomainsArgs.class, ListAllDomainsRet.class).api("virConnectListAllDomains")
                    .allow(CONNECT_SEARCH_DOMAINS).readOnlyAllowed().priority();

    /** Virtual networks by filter. */
    public static final Procedure<ListAllNetworksArgs, ListAllNetworksRet> LIST_ALL_NETWORKS =
            call(283, ListAllNetworksArgs.class, ListAllNetworksRet.class).api("virConnectListAllNetworks")
                    .allow(CONNECT_SEARCH_NETWORKS).readOnlyAllowed().priority();

    /** Storage pools by filter. */
    public static final Procedure<ListAllStoragePoolsArgs, ListAllStoragePoolsRet> LIST_ALL_STORAGE_POOLS =
            call(281, ListAllStoragePoolsArgs.class, ListAllStoragePoolsRet.class)
                    .api("virConnectListAllStoragePools").allow(CONNECT_SEARCH_STORAGE_POOLS)
                    .readOnlyAllowed().priority();

    /** Statistics of several guests at once; an empty list of guests asks for all. */
    public static final Procedure<GetAllDomainStatsArgs, GetAllDomainStatsRet> GET_ALL_DOMAIN_STATS =
            call(344, GetAllDomainStatsArgs.class, GetAllDomainStatsRet.class)
                    .api("virConnectGetAllDomainStats").allow(CONNECT_SEARCH_DOMAINS)
                    .readOnlyAllowed();

    // @formatter:off
    public record OpenArgs(Optional<String> name, @Unsigned int flags) {}
    public record GetTypeRet(String type) {}
    public record GetVersionRet(@Unsigned long hvVer) {}
    public record GetLibVersionRet(@Unsigned long libVer) {}
    public record GetHostnameRet(String hostname) {}
    public record GetUriRet(String uri) {}
    public record GetSysinfoArgs(@Unsigned int flags) {}
    public record GetSysinfoRet(String sysinfo) {}
    public record GetMaxVcpusArgs(Optional<String> type) {}
    public record GetMaxVcpusRet(int maxVcpus) {}
    public record GetCapabilitiesRet(String capabilities) {}
    public record GetDomainCapabilitiesArgs(Optional<String> emulatorbin, Optional<String> arch,
                                            Optional<String> machine, Optional<String> virttype,
                                            @Unsigned int flags) {}
    public record GetDomainCapabilitiesRet(String capabilities) {}
    public record SupportsFeatureArgs(int feature) {}
    public record SupportsFeatureRet(int supported) {}
    public record IsSecureRet(int secure) {}
    public record SetIdentityArgs(@AtMost(20) List<TypedParam> params, @Unsigned int flags) {}
    public record CompareCpuArgs(String xml, @Unsigned int flags) {}
    public record CompareCpuRet(int result) {}
    public record BaselineCpuArgs(@AtMost(256) List<String> xmlCPUs, @Unsigned int flags) {}
    public record BaselineCpuRet(String cpu) {}
    public record GetCpuModelNamesArgs(String arch, int needResults, @Unsigned int flags) {}
    public record GetCpuModelNamesRet(@AtMost(8192) List<String> models, int ret) {}
    public record NumOfDomainsRet(int num) {}
    public record ListDomainsArgs(int maxids) {}
    public record ListDomainsRet(@AtMost(Limits.LIST) List<Integer> ids) {}
    public record NumOfDefinedDomainsRet(int num) {}
    public record ListDefinedDomainsArgs(int maxnames) {}
    public record ListDefinedDomainsRet(@AtMost(Limits.LIST) List<String> names) {}
    public record ListAllDomainsArgs(int needResults, @Unsigned int flags) {}
    public record ListAllDomainsRet(@AtMost(Limits.LIST) List<NonnullDomain> domains, @Unsigned int ret) {}
    public record ListAllNetworksArgs(int needResults, @Unsigned int flags) {}
    public record ListAllNetworksRet(@AtMost(Limits.LIST) List<NonnullNetwork> nets, @Unsigned int ret) {}
    public record ListAllStoragePoolsArgs(int needResults, @Unsigned int flags) {}
    public record ListAllStoragePoolsRet(@AtMost(Limits.LIST) List<NonnullStoragePool> pools, @Unsigned int ret) {}
    public record GetAllDomainStatsArgs(@AtMost(Limits.LIST) List<NonnullDomain> doms, @Unsigned int stats,
                                        @Unsigned int flags) {}
    public record GetAllDomainStatsRet(@AtMost(Limits.LIST) List<DomainStatsRecord> retStats) {}
    // @formatter:on

    private ConnectProcedures() {}
}
