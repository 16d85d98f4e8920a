package dev.quern.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpLimits;
import dev.quern.server.http.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.sql.DriverManager;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ports with a certificate that the JDK's keytool made. */
class TlsTest {
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir Path folder;

  @Test
  void httpAndFlightSpeakTls() throws Exception {
    KeyStore store = keyStore();
    Path certificate = pem("CERTIFICATE", store.getCertificate("server").getEncoded());
    Path key = pem("PRIVATE KEY", store.getKey("server", PASSWORD).getEncoded());
    var log = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    try (var engine = ScriptedEngine.answering(text -> text);
        var server =
            RunningServer.start(
                engine,
                new ApiKeys(List.of("k")),
                HttpLimits.DEFAULT,
                Optional.of(new Tls(certificate, key)),
                log)) {
      var health =
          HttpRequest.newBuilder(
                  URI.create("https://localhost:" + server.http().getPort() + "/health"))
              .build();
      try (var client = HttpClient.newBuilder().sslContext(trusting(store)).build();
          var stranger = HttpClient.newHttpClient()) {
        assertEquals(200, client.send(health, HttpResponse.BodyHandlers.discarding()).statusCode());
        var e =
            assertThrows(
                IOException.class,
                () -> stranger.send(health, HttpResponse.BodyHandlers.discarding()));
        assertTrue(e instanceof SSLHandshakeException, e.toString());
      }
      var properties = new Properties();
      properties.setProperty("token", "k");
      properties.setProperty("tlsRootCerts", certificate.toString());
      try (var connection =
              DriverManager.getConnection(
                  "jdbc:arrow-flight-sql://localhost:"
                      + server.flight().getPort()
                      + "/?useEncryption=true",
                  properties);
          var statement = connection.createStatement();
          var rows = statement.executeQuery("SELECT GENERATE('over TLS') AS g")) {
        assertTrue(rows.next());
        assertEquals("over TLS", rows.getString(1));
      }
    }
  }

  private KeyStore keyStore() throws Exception {
    Path file = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .inheritIO()
            .start();
    assertEquals(0, keytool.waitFor());
    var store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private static SSLContext trusting(KeyStore server) throws Exception {
    var known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    known.setCertificateEntry("server", server.getCertificate("server"));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(known);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private Path pem(String name, byte[] der) throws IOException {
    String text =
        "-----BEGIN "
            + name
            + "-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END "
            + name
            + "-----\n";
    return Files.writeString(folder.resolve(name.replace(' ', '-') + ".pem"), text);
  }
}
