package dev.quern.server.batches;

import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.executor.engine.PromptRow;
import dev.quern.server.http.ApiException;
import dev.quern.server.openai.EngineRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lines of a batch that go through the engine together, so that their prompts share heads. */
final class BatchWindow {
  /** A line on its way; let go once it is answered. */
  private static final class Pending {
    private final RequestLine line;
    private final EngineRequest request;
    private final int firstRow;
    private int open;
    private boolean givenUp;
    private ApiException failure;

    Pending(RequestLine line, EngineRequest request, int firstRow) {
      this.line = line;
      this.request = request;
      this.firstRow = firstRow;
      open = request.rows().size();
    }

    void take(Event event) {
      if (event instanceof Event.Done done) {
        open--;
        givenUp |= done.reason() == FinishReason.CANCELLED;
        if (failure == null && done.error().isPresent()) {
          failure = ApiException.badRequest(request.promptField(), done.error().get());
        }
      }
      if (failure == null && !givenUp) {
        try {
          request.answers().take(event.withRow(event.row() - firstRow));
        } catch (RuntimeException e) {
          failure = internal(e);
        }
      }
    }
  }

  private final List<PromptRow> rows = new ArrayList<>();
  private final List<Pending> byRow = new ArrayList<>();
  private long bytes;

  /**
   * @param lineBytes length of the line in the file
   */
  void add(RequestLine line, EngineRequest request, int lineBytes) {
    var pending = new Pending(line, request, rows.size());
    for (PromptRow row : request.rows()) {
      rows.add(row);
      byRow.add(pending);
    }
    bytes += lineBytes;
  }

  int rows() {
    return rows.size();
  }

  /** Of the lines in the file. */
  long bytes() {
    return bytes;
  }

  /** Hands the rows to the engine; empty when the run has ended. */
  Optional<Completions> submit(BatchRun run, GenerateEngine engine) {
    Optional<Completions> events = run.submit(engine, new PromptBatch(List.of(), rows, false));
    rows.clear();
    return events;
  }

  /** Takes the answers as they come. Lines whose rows are given up stay without one. */
  void drain(Completions events, AnswerLines format, AnswerJournal journal)
      throws IOException, InterruptedException {
    for (Event event = events.next(); event != null; event = events.next()) {
      Pending pending = byRow.get(event.row());
      pending.take(event);
      if (event instanceof Event.Done) {
        byRow.set(event.row(), null);
        if (pending.open == 0 && !pending.givenUp) {
          answer(pending, format, journal);
        }
      }
    }
  }

  private static void answer(Pending pending, AnswerLines format, AnswerJournal journal)
      throws IOException, InterruptedException {
    int number = pending.line.number();
    if (pending.failure != null) {
      journal.error(number, format.refusal(pending.line, pending.failure));
      return;
    }
    try {
      journal.answer(number, format.answer(pending.line, pending.request.answers().whole()));
    } catch (RuntimeException e) {
      journal.error(number, format.refusal(pending.line, internal(e)));
    }
  }

  /** A fault of the server's at one line costs that line only. */
  static ApiException internal(RuntimeException e) {
    return new ApiException(500, "server_error", "internal error: " + e, null, null);
  }
}
