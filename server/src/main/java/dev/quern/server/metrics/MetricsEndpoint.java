package dev.quern.server.metrics;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Answers {@code GET /metrics} in Prometheus' text format, or OpenMetrics where that is asked for.
 * Needs no API key: it tells how much was done, nothing of what was asked or answered.
 */
public final class MetricsEndpoint implements AutoCloseable {
  private final HTTPServer server;
  private final InetSocketAddress address;

  private MetricsEndpoint(HTTPServer server, InetSocketAddress asked) {
    this.server = server;
    address = new InetSocketAddress(asked.getAddress(), server.getPort());
  }

  /**
   * Starts to listen.
   *
   * @throws IOException when the address cannot be had
   */
  public static MetricsEndpoint start(InetSocketAddress address, Meters meters) throws IOException {
    return new MetricsEndpoint(
        HTTPServer.builder()
            .inetAddress(address.getAddress())
            .port(address.getPort())
            .registry(meters.registry())
            .buildAndStart(),
        address);
  }

  /** Where it listens; with port 0 asked for, the port that was found. */
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    server.close();
  }
}
