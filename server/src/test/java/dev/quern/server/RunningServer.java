package dev.quern.server;

import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpLimits;
import dev.quern.server.http.Tls;
import dev.quern.server.openai.SamplingDefaults;
import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All that {@code quern serve} starts around an engine, on free ports, without the command. */
public final class RunningServer implements AutoCloseable {
  private static final Pattern HTTP = Pattern.compile("https?://[^ ]*:([0-9]+)/v1");
  private static final Pattern FLIGHT = Pattern.compile("grpc(?:\\+tls)?://[^ ]*:([0-9]+)");

  private final Serving serving;

  private RunningServer(Serving serving) {
    this.serving = serving;
  }

  /**
   * @param engine stays the caller's
   * @param log takes what the server says to people
   */
  public static RunningServer start(
      GenerateEngine engine, ApiKeys keys, HttpLimits limits, PrintStream log) {
    return start(engine, keys, limits, Optional.empty(), log);
  }

  static RunningServer start(
      GenerateEngine engine, ApiKeys keys, HttpLimits limits, Optional<Tls> tls, PrintStream log) {
    var options =
        new ServeOptions(
            InetAddress.getLoopbackAddress(),
            0,
            OptionalInt.empty(),
            OptionalInt.of(0),
            keys,
            tls,
            Optional.empty(),
            Optional.empty(),
            limits,
            SessionLimits.DEFAULT);
    var console =
        new Console(new ByteArrayInputStream(new byte[0]), log, log, log, false, false, false, 80);
    Engines none =
        (wanted, notices) -> {
          throw new EngineException("this server has one model");
        };
    return new RunningServer(
        Serving.start(
            console,
            options,
            engine,
            EngineOptions.parse(Map.of()),
            none,
            SamplingDefaults.GREEDY));
  }

  public InetSocketAddress http() {
    return address(HTTP);
  }

  public InetSocketAddress flight() {
    return address(FLIGHT);
  }

  private InetSocketAddress address(Pattern pattern) {
    String lines = String.join("\n", serving.addresses());
    Matcher found = pattern.matcher(lines);
    if (!found.find()) {
      throw new IllegalStateException("no " + pattern + " in " + lines);
    }
    return new InetSocketAddress(
        InetAddress.getLoopbackAddress(), Integer.parseInt(found.group(1)));
  }

  @Override
  public void close() {
    serving.close();
  }
}
