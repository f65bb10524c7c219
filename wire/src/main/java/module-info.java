/**
 * The wire: XDR from records, message frames, the remote protocol's procedures, and the client's half
 * of a conversation. Knows no hypervisor and needs nothing but the base of the JDK.
 */
module dev.godwit.wire {
    exports dev.godwit.wire.xdr;
    exports dev.godwit.wire.frame;
    exports dev.godwit.wire.remote;
    exports dev.godwit.wire.rpc;
}
