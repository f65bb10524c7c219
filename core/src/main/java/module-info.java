/** What Godwit knows about guests, hosts and migrations, whatever the hypervisor. */
module dev.godwit.core {
    requires dev.godwit.wire;
    requires java.xml;

    exports dev.godwit.config;
    exports dev.godwit.domain;
    exports dev.godwit.driver;
    exports dev.godwit.journal;
    exports dev.godwit.migration;
    exports dev.godwit.guest;
    exports dev.godwit.pki;
    exports dev.godwit.xml;
}
