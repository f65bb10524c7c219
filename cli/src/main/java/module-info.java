/** The command line: {@code godwit}. */
module dev.godwit.cli {
    requires dev.godwit.client;
    requires java.xml;
    requires jdk.unsupported;
    requires org.jline;
}
