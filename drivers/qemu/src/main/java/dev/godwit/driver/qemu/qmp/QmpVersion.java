package dev.godwit.driver.qemu.qmp;

/**
 * A version of QEMU, as its greeting and {@code query-version} say it.
 *
 * @param major       for example 10
 * @param minor       for example 0
 * @param micro       for example 2
 * @param packageName what the packager added, for example {@code Debian 1:10.0.2+ds-2}; may be empty
 */
public record QmpVersion(int major, int minor, int micro, String packageName) {

    static QmpVersion of(Json.Obj version) {
        Json.Obj qemu = version.object("qemu");
        return new QmpVersion(
                (int) qemu.integer("major"),
                (int) qemu.integer("minor"),
                (int) qemu.integer("micro"),
                version.optText("package").orElse("").strip());
    }

    /**
     * Whether this is that version or a later one.
     *
     * @param wantedMajor its major number
     * @param wantedMinor its minor number
     * @return true if it is
     */
    public boolean atLeast(int wantedMajor, int wantedMinor) {
        return major > wantedMajor || major == wantedMajor && minor >= wantedMinor;
    }

    /**
     * The version as libvirt's calls carry it.
     *
     * @return major * 1,000,000 + minor * 1,000 + micro
     */
    public long number() {
        return major * 1_000_000L + minor * 1_000L + micro;
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + micro;
    }
}
