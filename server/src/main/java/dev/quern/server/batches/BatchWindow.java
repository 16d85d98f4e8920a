package dev.quern.server.batches;

import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.executor.engine.PromptRow;
import dev.quern.server.http.ApiException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lines of a batch that go through the engine together, so that their prompts share heads. */
final class BatchWindow {
  /** A line on its way; its events are let go once it is answered. */
  private static final class Pending {
    private final RequestLine line;
    private final BatchCall call;
    private final int firstRow;
    private final List<List<Event>> events = new ArrayList<>();
    private JobListener.Line measured = JobListener.Line.NONE;
    private int open;

    Pending(RequestLine line, BatchCall call, int firstRow) {
      this.line = line;
      this.call = call;
      this.firstRow = firstRow;
      open = call.rows().size();
      for (int i = 0; i < open; i++) {
        events.add(new ArrayList<>());
      }
    }
  }

  private final List<PromptRow> rows = new ArrayList<>();
  private final List<Pending> byRow = new ArrayList<>();
  private long bytes;

  void add(RequestLine line, BatchCall call, int lineBytes) {
    var pending = new Pending(line, call, rows.size());
    for (PromptRow row : call.rows()) {
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
  Optional<Completions> submit(BatchRun run, GenerateEngine engine, JobListener listener) {
    Optional<Completions> events = run.submit(engine, new PromptBatch(List.of(), rows, false));
    rows.clear();
    if (events.isPresent()) {
      for (int row = 0; row < byRow.size(); row++) {
        Pending pending = byRow.get(row);
        if (row == pending.firstRow) {
          pending.measured = listener.line();
        }
      }
    }
    return events;
  }

  /** Takes the answers as they come. Lines whose rows are given up stay without one. */
  void drain(Completions events, AnswerLines format, AnswerJournal journal)
      throws IOException, InterruptedException {
    for (Event event = events.next(); event != null; event = events.next()) {
      Pending pending = byRow.get(event.row());
      pending.events.get(event.row() - pending.firstRow).add(event);
      if (event instanceof Event.Done done) {
        pending.measured.done(done.reason(), done.usage());
        pending.open--;
      }
      if (pending.open == 0) {
        answer(pending, format, journal);
        pending.measured.close();
        int after = pending.firstRow + pending.events.size();
        for (int row = pending.firstRow; row < after; row++) {
          byRow.set(row, null);
        }
      }
    }
  }

  /** Lets go of lines that have no answer: their batch has ended or the engine has failed. */
  void leave() {
    for (int row = 0; row < byRow.size(); row++) {
      Pending pending = byRow.get(row);
      if (pending != null && row == pending.firstRow) {
        pending.measured.close();
      }
    }
  }

  /** A fault of the server's at one line costs that line only. */
  static ApiException internal(RuntimeException e) {
    return new ApiException(500, "server_error", "internal error: " + e, null, null);
  }

  private static void answer(Pending pending, AnswerLines format, AnswerJournal journal)
      throws IOException, InterruptedException {
    boolean givenUp =
        pending.events.stream()
            .flatMap(List::stream)
            .anyMatch(e -> e instanceof Event.Done d && d.reason() == FinishReason.CANCELLED);
    if (givenUp) {
      return;
    }
    int number = pending.line.number();
    try {
      journal.answer(number, format.answer(pending.line, pending.call.answer(pending.events)));
    } catch (ApiException e) {
      journal.error(number, format.refusal(pending.line, e));
    } catch (RuntimeException e) {
      journal.error(number, format.refusal(pending.line, internal(e)));
    }
  }
}
