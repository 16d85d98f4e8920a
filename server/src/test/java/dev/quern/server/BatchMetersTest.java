package dev.quern.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Reply;
import dev.quern.server.batches.BatchLimits;
import dev.quern.server.batches.BatchService;
import dev.quern.server.batches.StateFolder;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpEndpoint;
import dev.quern.server.http.HttpLimits;
import dev.quern.server.http.Routes;
import dev.quern.server.metrics.Meters;
import dev.quern.server.metrics.MetricsEndpoint;
import dev.quern.server.openai.OpenAiRoutes;
import dev.quern.server.openai.SamplingDefaults;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lines of batch files among the requests that are scraped. */
@Timeout(120)
class BatchMetersTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void linesAreRequestsFromTheEngineOn() throws Exception {
    var engine =
        new ScriptedEngine(
            new ScriptedEngine.Script(
                (text, _) -> text.equals("3") ? new Reply.Silence() : new Reply.Text(text), 0, 0));
    var clock = InstantSource.system();
    var log = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    Meters meters = Meters.of(engine);
    var routes = new Routes.Builder();
    try (var service =
        BatchService.open(
            StateFolder.open(folder),
            engine,
            new OpenAiRoutes(engine, SamplingDefaults.GREEDY, clock).batchEndpoints(),
            BatchLimits.DEFAULT,
            BatchMeters.of(meters),
            clock,
            log)) {
      service.addTo(routes);
      try (var scraped = MetricsEndpoint.start(ANY_PORT, meters);
          var http =
              HttpEndpoint.start(
                  ANY_PORT,
                  Optional.empty(),
                  routes.build(),
                  ApiKeys.NONE,
                  HttpLimits.DEFAULT,
                  log)) {
        String v1 = "http://127.0.0.1:" + http.address().getPort() + "/v1";
        String batch = batch(v1, 6);
        String counters = "http://127.0.0.1:" + scraped.address().getPort() + "/metrics";
        await(counters, "quern_request_success_total", "finished_reason=\"stop\",", 3);
        await(counters, "quern_requests_in_progress", "", 3);
        post(v1 + "/batches/" + batch + "/cancel", "application/json", "");
        await(counters, "quern_requests_in_progress", "", 0);
        await(counters, "quern_request_success_total", "finished_reason=\"abort\",", 3);
        await(counters, "quern_e2e_request_latency_seconds_count", "", 3);
        await(counters, "quern_request_generation_tokens_count", "", 3);
        await(counters, "quern_jobs_total", "", ",state=\"cancelled\"", 1);
      }
    }
  }

  private String batch(String v1, int lines) throws Exception {
    var content = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      content
          .append("{\"custom_id\":\"" + i + "\",\"method\":\"POST\",")
          .append("\"url\":\"/v1/chat/completions\",\"body\":{\"messages\":")
          .append("[{\"role\":\"user\",\"content\":\"" + i + "\"}]}}\n");
    }
    // Refused before the engine: no request.
    content.append(
        content
            .substring(0, content.indexOf("\n") + 1)
            .replace("\"custom_id\":\"0\"", "\"custom_id\":\"refused\"")
            .replace("\"body\":{", "\"body\":{\"n\":300,"));
    String form =
        "--f\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--f\r\n"
            + "Content-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
            + content
            + "\r\n--f--\r\n";
    String file = post(v1 + "/files", "multipart/form-data; boundary=f", form);
    return post(
        v1 + "/batches",
        "application/json",
        "{\"input_file_id\":\""
            + file
            + "\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}");
  }

  /** The id in the answer. */
  private String post(String url, String type, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response.body());
    return new ObjectMapper().readTree(response.body()).path("id").asText();
  }

  private void await(String url, String name, String before, int value) throws Exception {
    await(url, name, before, "", value);
  }

  /** Scrapes until the sample of kind batch is there; the test has the time limit. */
  private void await(String url, String name, String before, String behind, int value)
      throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url)).build();
    String labels = before + "kind=\"batch\",model_name=\"scripted\"" + behind;
    String sample = name + "{" + labels + "} " + value;
    while (client
        .send(request, HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .noneMatch(line -> line.startsWith(sample))) {
      Thread.sleep(20);
    }
  }
}
