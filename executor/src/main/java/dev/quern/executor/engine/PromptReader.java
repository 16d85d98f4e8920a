package dev.quern.executor.engine;

import dev.quern.executor.model.decoder.StepInput;
import dev.quern.executor.schedule.ScheduledStep;
import dev.quern.executor.schedule.ScheduledStep.Chunk;
import dev.quern.executor.schedule.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the log-probabilities of prompts, for rows that ask, off the steps that compute them. */
final class PromptReader {
  /**
   * A token of a step whose logits are wanted.
   *
   * @param at its place in the step's ids
   * @param next the token behind it
   */
  private record Place(RunningRow row, int at, int next) {}

  private final ModelRunner runner;
  private final LogprobReader logprobs;
  private final int logitRows;

  /**
   * @param logitRows logits that the runner can hold at once
   */
  PromptReader(ModelRunner runner, LogprobReader logprobs, int logitRows) {
    this.runner = runner;
    this.logprobs = logprobs;
    this.logitRows = logitRows;
  }

  /**
   * Reads what the step that has just run tells; its own logits stand ready again afterwards.
   *
   * @return tokens whose logits were read
   */
  int read(ScheduledStep step, StepInput input, Map<Sequence, RunningRow> rows) {
    List<Place> places = places(step, rows);
    if (places.isEmpty()) {
      return 0;
    }
    for (int from = 0; from < places.size(); from += logitRows) {
      read(places.subList(from, Math.min(places.size(), from + logitRows)));
    }
    if (input.logitRows().length > 0) {
      runner.logits(input.logitRows());
    }
    return places.size();
  }

  private static List<Place> places(ScheduledStep step, Map<Sequence, RunningRow> rows) {
    List<Place> places = new ArrayList<>();
    int first = 0;
    for (Chunk chunk : step.chunks()) {
      Sequence sequence = chunk.sequence();
      RunningRow row = rows.get(sequence);
      if (row.promptTop().isPresent()) {
        // What a preemption made the engine compute again has been read already.
        int from = Math.max(chunk.from(), row.promptRead());
        int to = Math.min(chunk.to(), sequence.promptLength() - 1);
        for (int position = from; position < to; position++) {
          int at = first + position - chunk.from();
          places.add(new Place(row, at, sequence.tokens()[position + 1]));
        }
      }
      first += chunk.to() - chunk.from();
    }
    return places;
  }

  private void read(List<Place> places) {
    runner.logits(places.stream().mapToInt(Place::at).toArray());
    PositionLogprobs[] read =
        logprobs.read(
            places.stream().mapToInt(Place::next).toArray(),
            places.stream().mapToInt(p -> p.row().promptTop().getAsInt()).toArray());
    for (int i = 0; i < read.length; i++) {
      places.get(i).row().readPrompt(read[i]);
    }
  }
}
