package dev.quern.server.batches;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.server.http.ApiException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Carries one batch from where it stands to its end, in the thread that calls. */
final class BatchJob {
  /** Offline rows run behind those of online requests. */
  private static final int PRIORITY = 0;

  /** Two windows' events (at most two a row) fit into what the engine holds for a consumer. */
  private static final int WINDOW_ROWS = 2048;

  private static final long WINDOW_BYTES = 16L << 20;

  private final String id;
  private final BatchRun run;
  private final GenerateEngine engine;
  private final BatchEndpoint endpoint;
  private final FileStore files;
  private final BatchStore batches;
  private final BatchLimits limits;
  private final JobListener listener;

  BatchJob(
      String id,
      BatchRun run,
      GenerateEngine engine,
      BatchEndpoint endpoint,
      FileStore files,
      BatchStore batches,
      BatchLimits limits,
      JobListener listener) {
    this.id = id;
    this.run = run;
    this.engine = engine;
    this.endpoint = endpoint;
    this.files = files;
    this.batches = batches;
    this.limits = limits;
    this.listener = listener;
  }

  /**
   * @return the status that it ends with; one that is not last when it was handed back
   * @throws IOException when the disk fails: the batch stays as it is there
   */
  BatchStatus run() throws IOException, InterruptedException {
    Batch batch = batches.get(id);
    Path input = files.data(batch.inputFile());
    if (batch.counts().total() == 0 && !check(batch, input)) {
      return batches.get(id).status();
    }
    var format = new AnswerLines(id);
    var outputs = batch.outputs();
    try (var journal =
        new AnswerJournal(
            files.data(outputs.answers()), files.data(outputs.errors()), format, this::count)) {
      answer(input, format, journal);
      Optional<Ending> ending = run.ending();
      if (ending.isPresent()) {
        if (!giveUp(input, format, journal, ending.get())) {
          return batches.get(id).status();
        }
      }
      return finish(journal, ending);
    }
  }

  /** Whether the file is one that can run; otherwise the batch has failed or been given up. */
  private boolean check(Batch batch, Path input) throws IOException {
    InputCheck check;
    try {
      check = InputCheck.of(input, batch.endpoint(), limits, () -> run.ending().isPresent());
    } catch (NoSuchFileException e) {
      String message = "The input file has been deleted.";
      check = new InputCheck(0, List.of(new LineError("invalid_file", message, null, 0)));
    }
    Optional<Ending> ending = run.ending();
    if (ending.isPresent()) {
      if (ending.get() != Ending.HANDED_BACK) {
        // No line ran and none is known to be one: there is nothing to write.
        batches.advance(id, ending.get().status(), b -> b);
      }
      return false;
    }
    if (!check.errors().isEmpty()) {
      List<LineError> errors = check.errors();
      batches.advance(id, BatchStatus.FAILED, b -> b.with(errors));
      return false;
    }
    var counts = new Batch.Counts(check.lines(), 0, 0);
    batches.update(id, b -> b.with(counts));
    batches.advanceFrom(Set.of(BatchStatus.VALIDATING), id, BatchStatus.IN_PROGRESS);
    return true;
  }

  private void count(int completed, int failed, int moreCompleted, int moreFailed) {
    int total = batches.get(id).counts().total();
    batches.count(id, new Batch.Counts(total, completed, failed));
    if (moreCompleted + moreFailed > 0) {
      listener.rows(moreCompleted, moreFailed);
    }
  }

  private record Submitted(BatchWindow window, Completions events) {}

  /** The next window is in the engine while one is drained: its rows fill the other's end. */
  private void answer(Path input, AnswerLines format, AnswerJournal journal)
      throws IOException, InterruptedException {
    var submitted = new ArrayDeque<Submitted>();
    try (var source = new LineSource(input, limits.lineBytes())) {
      boolean more = true;
      while (more || !submitted.isEmpty()) {
        while (more && submitted.size() < 2) {
          BatchWindow window = window(source, format, journal);
          more = window.rows() > 0;
          Optional<Completions> events =
              more ? window.submit(run, engine, listener) : Optional.empty();
          more = events.isPresent();
          events.ifPresent(e -> submitted.add(new Submitted(window, e)));
        }
        if (!submitted.isEmpty()) {
          Submitted first = submitted.getFirst();
          first.window().drain(first.events(), format, journal);
          first.window().leave();
          run.leave(submitted.removeFirst().events());
        }
      }
    } finally {
      submitted.forEach(s -> {
        s.window().leave();
        run.leave(s.events());
      });
    }
  }

  /** The next lines without an answer; none at the file's end. */
  private BatchWindow window(LineSource source, AnswerLines format, AnswerJournal journal)
      throws IOException, InterruptedException {
    var window = new BatchWindow();
    while (window.rows() < WINDOW_ROWS && window.bytes() < WINDOW_BYTES && run.ending().isEmpty()) {
      LineSource.Line line = source.next();
      if (line == null) {
        break;
      }
      if (journal.answered(line.number())) {
        continue;
      }
      RequestLine request = checked(line);
      try {
        window.add(request, endpoint.read(request.body(), PRIORITY), line.bytes().length);
      } catch (ApiException e) {
        journal.error(line.number(), format.refusal(request, e));
      } catch (RuntimeException e) {
        journal.error(line.number(), format.refusal(request, BatchWindow.internal(e)));
      }
    }
    return window;
  }

  private RequestLine checked(LineSource.Line line) {
    try {
      return RequestLine.read(line, endpoint.path());
    } catch (RequestLine.Refused e) {
      throw new IllegalStateException(
          "line " + line.number() + " has changed since the file was checked: " + e.getMessage(),
          e);
    }
  }

  /** Whether all lines have an answer or an error; false where the batch is handed back. */
  private boolean giveUp(Path input, AnswerLines format, AnswerJournal journal, Ending ending)
      throws IOException, InterruptedException {
    try (var source = new LineSource(input, limits.lineBytes())) {
      for (var line = source.next(); line != null; line = source.next()) {
        if (run.ending().equals(Optional.of(Ending.HANDED_BACK))) {
          return false;
        }
        if (!journal.answered(line.number())) {
          ObjectNode error = format.givenUp(checked(line), ending.code(), ending.message());
          journal.error(line.number(), error);
        }
      }
    }
    return true;
  }

  private BatchStatus finish(AnswerJournal journal, Optional<Ending> ending) throws IOException {
    BatchStatus last = ending.map(Ending::status).orElse(BatchStatus.COMPLETED);
    if (ending.isEmpty()
        && !batches.advanceFrom(Set.of(BatchStatus.IN_PROGRESS), id, BatchStatus.FINALIZING)
        && batches.get(id).status() == BatchStatus.CANCELLING) {
      // Cancelled behind its last line.
      last = BatchStatus.CANCELLED;
    }
    AnswerJournal.Files there = journal.finish();
    Batch batch = batches.get(id);
    var outputs = batch.outputs();
    if (there.answers()) {
      files.addOutput(batch.owner(), outputs.answers(), id + "_output.jsonl");
    }
    if (there.errors()) {
      files.addOutput(batch.owner(), outputs.errors(), id + "_error.jsonl");
    }
    var shown =
        new Batch.Outputs(outputs.answers(), outputs.errors(), there.answers(), there.errors());
    return batches.advance(id, last, b -> b.with(shown)).status();
  }
}
