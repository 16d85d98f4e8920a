package dev.quern.server.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.core.MultipartField;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Batch API through OpenAI's Java client, unmodified. */
class OpenAiJavaBatchTest {
  private final ObjectMapper json = new ObjectMapper();
  private ClientServers servers;
  private OpenAIClient client;

  @BeforeEach
  void start() throws Exception {
    servers = new ClientServers();
    client = OpenAiJavaClientTest.client(servers.url(), ClientServers.KEY);
  }

  @AfterEach
  void end() {
    client.close();
    servers.close();
  }

  @Test
  void batchAnswersEachLineOnceAndErrorsGoToTheirOwnFile() throws Exception {
    FileObject file = upload(line("a", "") + line("b", ",\"top_p\":7") + line("c", ""));
    assertEquals("rows.jsonl", file.filename());
    Batch batch = await(create(file.id(), "/v1/chat/completions"));
    assertEquals(Batch.Status.COMPLETED, batch.status());
    var counts = batch.requestCounts().orElseThrow();
    assertEquals(List.of(3L, 2L, 1L), List.of(counts.total(), counts.completed(), counts.failed()));
    List<JsonNode> rows = rows(batch.outputFileId().orElseThrow());
    assertEquals(
        List.of("a", "c"), rows.stream().map(r -> r.path("custom_id").asText()).sorted().toList());
    for (JsonNode row : rows) {
      assertEquals(200, row.at("/response/status_code").asInt());
      assertTrue(row.at("/response/body/choices/0/message/content").isTextual(), row.toString());
    }
    JsonNode failed = rows(batch.errorFileId().orElseThrow()).getFirst();
    assertEquals("b", failed.path("custom_id").asText());
    assertEquals("top_p", failed.at("/response/body/error/param").asText());
    assertTrue(client.files().delete(file.id()).deleted());
    assertThrows(NotFoundException.class, () -> client.files().retrieve(file.id()));
  }

  @Test
  void whatDoesNotExistIsNotFoundAndWhatCannotRunNamesTheField() {
    assertThrows(NotFoundException.class, () -> client.batches().retrieve("batch_none"));
    FileObject file = upload(line("a", ""));
    var error = assertThrows(BadRequestException.class, () -> create(file.id(), "/v1/embeddings"));
    assertEquals("endpoint", error.param().orElse("none"));
  }

  private static String line(String id, String more) {
    return "{\"custom_id\":\""
        + id
        + "\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"messages\":"
        + "[{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":4"
        + more
        + "}}\n";
  }

  private FileObject upload(String text) {
    InputStream bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return client
        .files()
        .create(
            FileCreateParams.builder()
                .purpose(FilePurpose.BATCH)
                .file(
                    MultipartField.<InputStream>builder()
                        .value(bytes)
                        .filename("rows.jsonl")
                        .build())
                .build());
  }

  private Batch create(String file, String endpoint) {
    return client
        .batches()
        .create(
            BatchCreateParams.builder()
                .inputFileId(file)
                .endpoint(BatchCreateParams.Endpoint.of(endpoint))
                .completionWindow(BatchCreateParams.CompletionWindow._24H)
                .build());
  }

  private Batch await(Batch batch) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    Batch now = batch;
    while (!now.status().equals(Batch.Status.COMPLETED) && System.nanoTime() < end) {
      Thread.sleep(50);
      now = client.batches().retrieve(batch.id());
    }
    return now;
  }

  private List<JsonNode> rows(String file) throws IOException {
    try (var response = client.files().content(file)) {
      String text = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
      return List.copyOf(json.readerFor(JsonNode.class).<JsonNode>readValues(text).readAll());
    }
  }
}
