package dev.godwit.wire.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A key and a certificate that everybody here trusts, and pairs of connected channels. */
final class TestTls {

    private static final String PASSWORD = "not a secret";

    private final Path folder;
    private final SSLContext context;

    private TestTls(Path folder, SSLContext context) {
        this.folder = folder;
        this.context = context;
    }

    /** Two ends of one connection. */
    record Pair(TlsChannel client, TlsChannel server, SocketChannel clientSocket, SocketChannel serverSocket)
            implements AutoCloseable {
        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    static TestTls in(Path folder) throws Exception {
        Path store = folder.resolve("store.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(keytool.toString(), "-genkeypair", "-keyalg", "RSA", "-keysize", "2048",
                "-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1", "-validity", "10", "-alias", "own",
                "-keystore", store.toString(), "-storepass", PASSWORD)
                .redirectErrorStream(true).redirectOutput(folder.resolve("keytool.log").toFile()).start();
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new AssertionError(Files.readString(folder.resolve("keytool.log")));
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), new TrustManager[] {new Everybody()}, null);
        Files.writeString(folder.resolve("key.pem"), pem("PRIVATE KEY",
                keys.getKey("own", PASSWORD.toCharArray()).getEncoded()));
        Files.writeString(folder.resolve("cert.pem"), pem("CERTIFICATE", keys.getCertificate("own").getEncoded()));
        return new TestTls(folder, context);
    }

    private static String pem(String type, byte[] bytes) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + type
                + "-----\n";
    }

    Path key() {
        return folder.resolve("key.pem");
    }

    Path certificate() {
        return folder.resolve("cert.pem");
    }

    SSLEngine engine(boolean client, String protocol) {
        SSLEngine engine = context.createSSLEngine("localhost", 1);
        engine.setUseClientMode(client);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        engine.setSSLParameters(parameters);
        return engine;
    }

    static SocketChannel[] sockets() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketChannel client = SocketChannel.open(listener.getLocalAddress());
            return new SocketChannel[] {client, listener.accept()};
        }
    }

    /** Two channels that have shaken hands. */
    Pair pair(String protocol) throws Exception {
        SocketChannel[] sockets = sockets();
        SSLEngine server = engine(false, protocol);
        server.setNeedClientAuth(true);
        Pair pair = new Pair(new TlsChannel(sockets[0], engine(true, protocol)), new TlsChannel(sockets[1], server),
                sockets[0], sockets[1]);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> there = threads.submit(() -> {
                pair.server.handshake(Duration.ofSeconds(20));
                return null;
            });
            pair.client.handshake(Duration.ofSeconds(20));
            there.get(30, TimeUnit.SECONDS);
        }
        return pair;
    }

    private static final class Everybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            // Trusted.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            // Trusted.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
