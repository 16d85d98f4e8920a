package dev.quern.server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A scrape, read strictly: help and type of each metric stand once and before its samples, no
 * sample stands twice, buckets grow and end in +Inf, which is the count (what promtool checks).
 */
record Scrape(Map<String, Double> samples, Map<String, String> types) {
  private static final String LABEL = "[a-z0-9_]+=\"(?:[^\"\\\\]|\\\\.)*\"";
  private static final Pattern SAMPLE =
      Pattern.compile("([a-z0-9_]+)(\\{" + LABEL + "(?:," + LABEL + ")*\\})? ([-+.eE0-9]+)");

  static Scrape of(InetSocketAddress address) throws IOException, InterruptedException {
    HttpResponse<String> response = get(address, "/metrics");
    assertEquals(200, response.statusCode());
    String type = response.headers().firstValue("Content-Type").orElseThrow();
    assertTrue(type.startsWith("text/plain; version=0.0.4"), type);
    return parse(response.body());
  }

  static HttpResponse<String> get(InetSocketAddress address, String path)
      throws IOException, InterruptedException {
    var uri =
        URI.create(
            "http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + path);
    try (var client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  static Scrape parse(String text) {
    Map<String, Double> samples = new LinkedHashMap<>();
    Map<String, String> types = new HashMap<>();
    Map<String, String> helps = new HashMap<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("# HELP ")) {
        String[] words = line.split(" ", 4);
        assertNull(helps.put(words[2], words[3]), line);
      } else if (line.startsWith("# TYPE ")) {
        String[] words = line.split(" ", 4);
        assertNull(types.put(words[2], words[3]), line);
      } else {
        Matcher sample = SAMPLE.matcher(line);
        assertTrue(sample.matches(), line);
        assertNotNull(types.get(family(sample.group(1), types)), line);
        String labels = sample.group(2) == null ? "" : sample.group(2);
        double value = Double.parseDouble(sample.group(3));
        assertNull(samples.put(sample.group(1) + labels, value), line);
      }
    }
    assertEquals(types.keySet(), helps.keySet());
    var scrape = new Scrape(samples, types);
    types.forEach((name, type) -> {
      if (type.equals("histogram")) {
        scrape.checkBuckets(name);
      }
    });
    return scrape;
  }

  /** Name of the metric that a sample belongs to. */
  private static String family(String sample, Map<String, String> types) {
    if (types.containsKey(sample)) {
      return sample;
    }
    return sample.replaceFirst("_(bucket|sum|count)$", "");
  }

  private void checkBuckets(String name) {
    Map<String, Double> last = new HashMap<>();
    samples.forEach((sample, value) -> {
      if (sample.startsWith(name + "_bucket{")) {
        String series = sample.replaceFirst(",?le=\"[^\"]*\"", "").replace("{,", "{");
        assertTrue(last.getOrDefault(series, 0.0) <= value, sample);
        last.put(series, value);
      }
    });
    last.forEach(
        (series, value) -> assertEquals(samples.get(series.replace("_bucket", "_count")), value));
  }

  /** Names that a query can use. */
  Set<String> names() {
    return samples.keySet().stream()
        .map(s -> s.replaceFirst("\\{.*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Labels beside model_name in the order of their names, such as {@code kind="chat"}. */
  double value(String name, String labels) {
    Double value =
        samples.entrySet().stream()
            .filter(e ->
                e.getKey()
                    .replaceFirst(",?model_name=\"(?:[^\"\\\\]|\\\\.)*\"", "")
                    .replace("{,", "{")
                    .replace("{}", "")
                    .equals(name + (labels.isEmpty() ? "" : "{" + labels + "}")))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(null);
    assertNotNull(value, () -> name + " of " + labels + " is not among " + samples.keySet());
    return value;
  }
}
