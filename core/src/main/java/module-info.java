/** What Godwit knows about guests and their moves, whatever the hypervisor. */
module dev.godwit.core {
    requires java.xml;

    exports dev.godwit.xml;
}
