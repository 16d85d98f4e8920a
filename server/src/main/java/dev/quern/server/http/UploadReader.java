package dev.quern.server.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerFileUpload;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;

/** Reads a multipart form whose file goes to disk as it arrives. All in its event loop. */
final class UploadReader {
  private final Vertx vertx;
  private final HttpServerRequest request;
  private final Uploads uploads;
  private final Duration patience;
  private HttpServerFileUpload upload;
  private Path file;
  private Future<Void> written;
  private long received;
  private long receivedBefore = -1;
  private boolean ended;

  /**
   * @param patience longest time in which nothing arrives
   */
  UploadReader(Vertx vertx, HttpServerRequest request, Uploads uploads, Duration patience) {
    this.vertx = vertx;
    this.request = request;
    this.uploads = uploads;
    this.patience = patience;
  }

  /**
   * Takes room of the uploads while the file arrives.
   *
   * @param whole receives the file and the form's fields
   * @param refused receives why there is none; one of the two is called
   */
  void read(Consumer<Upload> whole, Consumer<ApiException> refused) {
    try {
      checkHead();
      uploads.enter();
    } catch (ApiException e) {
      ended = true;
      refused.accept(e);
      return;
    }
    long timer = vertx.setPeriodic(patience.toMillis(), _ -> checkProgress(refused));
    Consumer<ApiException> refusal =
        e -> {
          vertx.cancelTimer(timer);
          refuse(e, refused);
        };
    request.setExpectMultipart(true);
    request.uploadHandler(part -> {
      if (file != null || !part.name().equals("file")) {
        part.handler(_ -> {});
        refusal.accept(
            ApiException.badRequest(part.name(), "the form must have one file, named 'file'"));
        return;
      }
      upload = part;
      file = uploads.folder().resolve(UUID.randomUUID() + ".part");
      written = part.streamToFileSystem(file.toString());
    });
    request.handler(part -> {
      received += part.length();
      if (received > uploads.mostBytes()) {
        refusal.accept(tooLarge());
      }
    });
    request.exceptionHandler(e ->
        refusal.accept(
            ApiException.badRequest(null, "the form cannot be read: " + e.getMessage())));
    request
        .end()
        .compose(_ -> written == null ? Future.succeededFuture() : written)
        .onSuccess(_ -> {
          vertx.cancelTimer(timer);
          end(whole, refusal);
        })
        .onFailure(e ->
            refusal.accept(
                new ApiException(
                    500,
                    "server_error",
                    "the file could not be stored: " + e.getMessage(),
                    null,
                    null)));
    if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      request.response().writeContinue();
    }
  }

  private void checkHead() throws ApiException {
    String type = request.getHeader("Content-Type");
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
      throw ApiException.badRequest(
          null, "a file is sent as multipart/form-data, but Content-Type is " + type);
    }
    if (BodyReader.announced(request) > uploads.mostBytes()) {
      throw tooLarge();
    }
  }

  private void checkProgress(Consumer<ApiException> refused) {
    if (!ended && received == receivedBefore) {
      refuse(
          new ApiException(
              408,
              "invalid_request_error",
              "no more of the file arrived within " + patience.toSeconds() + " s",
              null,
              "request_timeout"),
          refused);
    }
    receivedBefore = received;
  }

  private void refuse(ApiException e, Consumer<ApiException> refused) {
    if (ended) {
      return;
    }
    ended = true;
    if (upload != null && !written.isComplete()) {
      stopWriting();
    }
    if (file != null) {
      vertx.fileSystem().delete(file.toString());
    }
    uploads.leave();
    refused.accept(e);
  }

  private void stopWriting() {
    try {
      upload.cancelStreamToFileSystem();
    } catch (IllegalStateException e) {
      // The part has ended and its file is closed, only its future has not been told yet.
    }
  }

  private void end(Consumer<Upload> whole, Consumer<ApiException> refusal) {
    if (ended) {
      return;
    }
    if (file == null) {
      refusal.accept(
          ApiException.badRequest("file", "'file' is missing: the form has no part with a file"));
      return;
    }
    ended = true;
    var fields = new HashMap<String, String>();
    uploads.leave();
    request.formAttributes().forEach((name, value) -> fields.putIfAbsent(name, value));
    whole.accept(new Upload(file, upload.size(), upload.filename(), fields));
  }

  private ApiException tooLarge() {
    return new ApiException(
        413,
        "invalid_request_error",
        "the file is larger than this server takes: "
            + uploads.mostBytes()
            + " bytes with its form",
        "file",
        "request_too_large");
  }
}
