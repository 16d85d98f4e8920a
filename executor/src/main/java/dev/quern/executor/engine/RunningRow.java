package dev.quern.executor.engine;

import dev.quern.executor.choice.ChoiceWalk;
import dev.quern.executor.device.SamplingRow;
import dev.quern.executor.schedule.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A row in the engine: its sequence, its answer so far, and where its events go. */
final class RunningRow {
  private final int row;
  private final GenerateOptions options;
  private final Sequence sequence;
  private final Set<Integer> stopIds;
  private final int contextTokens;
  private final AnswerText text;
  private final Optional<ChoiceWalk> walk;
  private final boolean stream;
  private final LocalCompletions completions;
  private final RowClock clock;
  private final long seed;
  private final int[] promptIds;
  private final List<Integer> unsentIds = new ArrayList<>();
  private final StringBuilder unsent = new StringBuilder();
  private int[] answer = new int[16];
  private int generated;

  /**
   * @param stopIds ids that end the answer: the checkpoint's and the row's own
   * @param contextTokens most tokens of prompt and answer
   * @param walk where the answer is one of some choices
   */
  RunningRow(
      int row,
      GenerateOptions options,
      Sequence sequence,
      Set<Integer> stopIds,
      int contextTokens,
      AnswerText text,
      Optional<ChoiceWalk> walk,
      boolean stream,
      LocalCompletions completions,
      RowClock clock) {
    this.row = row;
    this.options = options;
    this.sequence = sequence;
    this.stopIds = stopIds;
    this.contextTokens = contextTokens;
    this.text = text;
    this.walk = walk;
    this.stream = stream;
    this.completions = completions;
    this.clock = clock;
    int[] prompt = Arrays.copyOf(sequence.tokens(), sequence.promptLength());
    this.promptIds = options.repetitionPenalty() == 1 ? null : prompt;
    this.seed = rowSeed(options.seed().orElse(0), prompt);
  }

  Sequence sequence() {
    return sequence;
  }

  LocalCompletions completions() {
    return completions;
  }

  /** Tokens drawn so far; with choices: decisions. */
  int generated() {
    return generated;
  }

  /** A step that starts now computes some of it. */
  void starts(long now) {
    clock.starts(now);
  }

  /** How the next token is to be drawn. */
  SamplingRow sampling() {
    boolean penalties =
        options.repetitionPenalty() != 1
            || options.presencePenalty() != 0
            || options.frequencyPenalty() != 0;
    return new SamplingRow(
        options.temperature(),
        options.topP(),
        options.topK(),
        options.minP(),
        options.repetitionPenalty(),
        options.presencePenalty(),
        options.frequencyPenalty(),
        seed,
        sequence.length(),
        promptIds,
        penalties ? answer : null,
        penalties ? generated : 0,
        generated < options.minTokens() ? stopIds.stream().mapToInt(i -> i).toArray() : null);
  }

  /** Takes the token drawn; emits what became certain; ends the sequence where the answer ends. */
  void accept(int id) {
    if (generated == answer.length) {
      answer = Arrays.copyOf(answer, generated * 2);
    }
    answer[generated++] = id;
    clock.drew();
    if (stopIds.contains(id)) {
      finish(FinishReason.STOP, true);
      return;
    }
    sequence.append(id);
    unsentIds.add(id);
    unsent.append(text.next(id, generated >= options.minTokens()));
    if (text.stopped()) {
      finish(FinishReason.STOP, true);
    } else if (generated >= options.maxTokens() || sequence.length() >= contextTokens) {
      finish(FinishReason.LENGTH, true);
    } else if (stream && !unsent.isEmpty()) {
      sendDelta();
    }
  }

  /** Ids whose log-probabilities {@link #choose} wants; null where the row draws of all tokens. */
  int[] choiceIds() {
    return walk.map(ChoiceWalk::ids).orElse(null);
  }

  /** Takes the log-probabilities of {@link #choiceIds()}; ends the row when one choice is left. */
  void choose(double[] logProbabilities) {
    ChoiceWalk way = walk.orElseThrow();
    ChoiceWalk.Outcome outcome = way.decide(logProbabilities, sampling());
    generated = way.decisions();
    clock.drew();
    switch (outcome) {
      case ChoiceWalk.Outcome.Undecided(int id) -> {
        sequence.append(id);
        unsentIds.add(id);
      }
      case ChoiceWalk.Outcome.Chosen(String answered, int id) -> {
        if (!stopIds.contains(id)) {
          unsentIds.add(id);
        }
        unsent.append(answered);
        finish(FinishReason.STOP, true);
      }
      case ChoiceWalk.Outcome.NoPreference() -> finish(FinishReason.STOP, true);
    }
  }

  /** Ends the row because its consumer closed the batch. */
  void cancel() {
    finish(FinishReason.CANCELLED, false);
  }

  private void finish(FinishReason reason, boolean withText) {
    sequence.end();
    FinishReason ended = reason;
    if (withText) {
      unsent.append(text.finish(generated >= options.minTokens()));
      if (text.stopped()) {
        ended = FinishReason.STOP;
      }
      if (!unsent.isEmpty() || !unsentIds.isEmpty()) {
        sendDelta();
      }
    }
    completions.emit(
        new Event.Done(
            row,
            ended,
            new Usage(
                sequence.promptLength(),
                sequence.cachedTokens(),
                sequence.recomputedTokens(),
                generated,
                clock.timing()),
            Optional.empty()));
  }

  private void sendDelta() {
    completions.emit(new Event.Delta(row, unsent.toString(), unsentIds));
    unsent.setLength(0);
    unsentIds.clear();
  }

  /** Seed of a row: the query's and the prompt's ids, so that it does not depend on row order. */
  static long rowSeed(long querySeed, int[] prompt) {
    long h = querySeed * 0x9E3779B97F4A7C15L + 0x632BE59BD9B4E019L;
    for (int id : prompt) {
      h = (h ^ id) * 0xBF58476D1CE4E5B9L;
      h ^= h >>> 31;
    }
    return h;
  }
}
