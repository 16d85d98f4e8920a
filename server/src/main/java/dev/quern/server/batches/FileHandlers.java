package dev.quern.server.batches;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.Reply;
import dev.quern.server.http.Request;
import dev.quern.server.http.Routes;
import dev.quern.server.http.Upload;
import dev.quern.server.http.Uploads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.TreeSet;

/** {@code /v1/files}. */
record FileHandlers(FileStore files, BatchStore batches) {
  private static final int MOST_LISTED = 10_000;
  private static final int CHUNK = 1 << 16;

  void addTo(Routes.Builder routes, Uploads uploads) {
    routes
        .addUpload("POST", "/v1/files", uploads, this::upload)
        .add("GET", "/v1/files", this::list)
        .add("GET", "/v1/files/{id}", (request, reply) -> reply.send(200, named(request).json()))
        .add("GET", "/v1/files/{id}/content", this::content)
        .add("DELETE", "/v1/files/{id}", this::delete);
  }

  private StoredFile named(Request request) throws ApiException {
    return files.get(request.caller().owner(), request.parameters().get("id"));
  }

  private void upload(Request request, Reply reply)
      throws ApiException, IOException, InterruptedException {
    Upload upload = request.upload().orElseThrow();
    String purpose = upload.fields().get("purpose");
    if (purpose == null) {
      throw ApiException.badRequest("purpose", "'purpose' is missing; this server takes: batch");
    }
    if (!purpose.equals("batch")) {
      throw ApiException.badRequest(
          "purpose", "this server takes files with purpose batch only, not '" + purpose + "'");
    }
    var others = new TreeSet<>(upload.fields().keySet());
    others.remove("purpose");
    if (!others.isEmpty()) {
      throw ApiException.unsupported(others.first(), "leave it out");
    }
    reply.send(200, files.add(request.caller().owner(), upload).json());
  }

  private void list(Request request, Reply reply)
      throws ApiException, IOException, InterruptedException {
    Page page = Page.of(request.query(), MOST_LISTED, MOST_LISTED);
    Optional<String> purpose = Optional.ofNullable(request.query().get("purpose"));
    var entries =
        files.of(request.caller().owner()).stream()
            .filter(f -> purpose.isEmpty() || purpose.get().equals(f.purpose()))
            .map(f -> new Page.Entry(f.id(), f.json()))
            .toList();
    reply.send(200, page.json(entries));
  }

  private void content(Request request, Reply reply)
      throws ApiException, IOException, InterruptedException {
    StoredFile file = named(request);
    try (var in = Files.newInputStream(files.data(file.id()))) {
      reply.start("application/octet-stream");
      for (byte[] part = in.readNBytes(CHUNK); part.length > 0; part = in.readNBytes(CHUNK)) {
        reply.write(part);
      }
    } catch (NoSuchFileException e) {
      // Deleted since it was looked up.
      throw NotFound.of("file", file.id());
    }
  }

  private void delete(Request request, Reply reply)
      throws ApiException, IOException, InterruptedException {
    StoredFile file = named(request);
    Optional<String> reader = batches.readerOf(file.id());
    if (reader.isPresent()) {
      throw ApiException.badRequest(
          "id",
          "batch "
              + reader.get()
              + " reads the file and has not ended; cancel it or wait until it has");
    }
    files.delete(file);
    reply.send(
        200,
        JsonNodeFactory.instance
            .objectNode()
            .put("id", file.id())
            .put("object", "file")
            .put("deleted", true));
  }
}
