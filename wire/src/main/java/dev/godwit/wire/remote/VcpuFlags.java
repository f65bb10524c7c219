package dev.godwit.wire.remote;

/** More bits of {@link DomainQueryProcedures#GET_VCPUS_FLAGS} and {@link DomainProcedures#SET_VCPUS_FLAGS}. */
public final class VcpuFlags {

    /** The largest possible number instead of the present one. */
    public static final int MAXIMUM = 4;
    /** As the guest's agent sees it. */
    public static final int GUEST = 8;
    /** CPUs that can be unplugged again. */
    public static final int HOTPLUGGABLE = 16;

    private VcpuFlags() {}
}
