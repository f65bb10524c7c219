/**
 * The wire: XDR from records, message frames, the remote protocol's procedures, and the client's half
 * of a conversation. Knows no hypervisor and needs nothing but the JDK.
 */
module dev.godwit.wire {
    requires transitive java.security.sasl;

    exports dev.godwit.wire.xdr;

    // Whoever speaks the protocol, and nobody else: a driver or the core that needs one of these has lost its way.
    exports dev.godwit.wire.frame to dev.godwit.client, dev.godwit.daemon, dev.godwit.cli, dev.godwit.lab;
    exports dev.godwit.wire.remote to dev.godwit.client, dev.godwit.daemon, dev.godwit.cli, dev.godwit.lab;
    exports dev.godwit.wire.rpc to dev.godwit.client, dev.godwit.daemon, dev.godwit.cli, dev.godwit.lab;
    exports dev.godwit.wire.sasl to dev.godwit.client, dev.godwit.daemon, dev.godwit.lab;
    exports dev.godwit.wire.tls to dev.godwit.client, dev.godwit.daemon, dev.godwit.lab;
}
