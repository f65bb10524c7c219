/**
 * The client: connections to hosts, their guests and events, and migrations between two of them. Works
 * against godwitd and libvirtd.
 */
module dev.godwit.client {
    requires transitive dev.godwit.core;
    requires transitive dev.godwit.wire;

    exports dev.godwit.client;
    exports dev.godwit.client.dial;
    exports dev.godwit.client.migration;
}
