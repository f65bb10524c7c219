/** The host daemon: sockets, sessions, dispatch, and the drivers it serves. */
module dev.godwit.daemon {
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires dev.godwit.client;
    requires dev.godwit.core;
    requires dev.godwit.wire;
    requires jdk.net;
    requires jdk.unsupported; // SIGHUP
    requires org.slf4j;

    uses dev.godwit.driver.HypervisorDriver;

    provides ch.qos.logback.classic.spi.Configurator with
            dev.godwit.daemon.log.LogSetup;

    exports dev.godwit.daemon.log to ch.qos.logback.classic;
}
