package dev.quern.server.batches;

import dev.quern.server.http.ApiException;
import dev.quern.server.http.Reply;
import dev.quern.server.http.Request;
import dev.quern.server.http.Routes;
import java.io.IOException;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * {@code /v1/batches}.
 *
 * @param endpoints paths that a batch may name
 */
record BatchHandlers(
    FileStore files,
    BatchStore batches,
    BatchJobs jobs,
    Set<String> endpoints,
    Ids ids,
    InstantSource clock) {
  private static final int LISTED = 20;
  private static final int MOST_LISTED = 100;

  void addTo(Routes.Builder routes) {
    routes
        .add("POST", "/v1/batches", this::create)
        .add("GET", "/v1/batches", this::list)
        .add("GET", "/v1/batches/{id}", (request, reply) -> reply.send(200, named(request).json()))
        .add("POST", "/v1/batches/{id}/cancel", this::cancel);
  }

  private Batch named(Request request) throws ApiException {
    return batches.get(request.caller().owner(), request.parameters().get("id"));
  }

  private void create(Request request, Reply reply)
      throws ApiException, IOException, InterruptedException {
    if (jobs.stopped()) {
      throw new ApiException(503, "server_error", "the server is shutting down", null, null)
          .withHeader("Retry-After", "10");
    }
    CreateRequest asked = CreateRequest.read(request.body(), endpoints);
    String owner = request.caller().owner();
    StoredFile input = files.get(owner, asked.inputFile());
    if (!input.purpose().equals("batch")) {
      throw ApiException.badRequest(
          "input_file_id", "the file has purpose " + input.purpose() + ", not batch");
    }
    files.requireRoom(owner, 0);
    long now = clock.instant().getEpochSecond();
    var since = new EnumMap<BatchStatus, Long>(BatchStatus.class);
    since.put(BatchStatus.VALIDATING, now);
    var batch =
        new Batch(
            ids.next("batch_"),
            owner,
            asked.json(),
            BatchStatus.VALIDATING,
            since,
            now + asked.window().toSeconds(),
            List.of(),
            Batch.Counts.NONE,
            new Batch.Outputs(ids.next("file-"), ids.next("file-"), false, false));
    batches.add(batch);
    jobs.add(batch);
    reply.send(200, batch.json());
  }

  private void list(Request request, Reply reply)
      throws ApiException, IOException, InterruptedException {
    Page page = Page.of(request.query(), LISTED, MOST_LISTED);
    var entries =
        batches.of(request.caller().owner()).stream()
            .map(b -> new Page.Entry(b.id(), b.json()))
            .toList();
    reply.send(200, page.json(entries));
  }

  private void cancel(Request request, Reply reply)
      throws ApiException, IOException, InterruptedException {
    Batch batch = named(request);
    var from = EnumSet.of(BatchStatus.VALIDATING, BatchStatus.IN_PROGRESS);
    if (jobs.stalled(batch.id())) {
      // Its end could not be written, and nothing else would try again.
      from.add(BatchStatus.FINALIZING);
    }
    if (batches.advanceFrom(from, batch.id(), BatchStatus.CANCELLING)
        || named(request).status() == BatchStatus.CANCELLING) {
      jobs.cancel(batch.id());
    } else {
      throw ApiException.badRequest(
          "id", "Cannot cancel a batch with status '" + named(request).status().label() + "'.");
    }
    reply.send(200, named(request).json());
  }
}
