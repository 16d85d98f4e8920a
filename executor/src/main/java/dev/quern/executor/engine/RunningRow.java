package dev.quern.executor.engine;

import dev.quern.executor.choice.ChoiceWalk;
import dev.quern.executor.device.SamplingRow;
import dev.quern.executor.schedule.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** A row in the engine: its sequence, its answer so far, and where its events go. */
final class RunningRow {
  private final int row;
  private final GenerateOptions options;
  private final Sequence sequence;
  private final Set<Integer> stopIds;
  private final RowRules rules;
  private final int contextTokens;
  private final AnswerText text;
  private final Optional<ChoiceWalk> walk;
  private final boolean stream;
  private final LocalCompletions completions;
  private final RowClock clock;
  private final long seed;
  private final int[] promptIds;
  private final List<Integer> unsentIds = new ArrayList<>();
  private final List<PositionLogprobs> unsentLogprobs = new ArrayList<>();
  private final StringBuilder unsent = new StringBuilder();
  private final List<PositionLogprobs> promptLogprobs = new ArrayList<>();
  private Optional<StopReason> stop = Optional.empty();
  private int[] answer = new int[16];
  private int generated;
  private boolean promptSent;

  /**
   * @param stopIds ids that end the answer: the checkpoint's and the row's own
   * @param rules the options' rules for the vocabulary
   * @param contextTokens most tokens of prompt and answer
   * @param walk where the answer is one of some choices
   */
  RunningRow(
      int row,
      GenerateOptions options,
      Sequence sequence,
      Set<Integer> stopIds,
      RowRules rules,
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
    this.rules = rules;
    this.contextTokens = contextTokens;
    this.text = text;
    this.walk = walk;
    this.stream = stream;
    this.completions = completions;
    this.clock = clock;
    int[] prompt = Arrays.copyOf(sequence.tokens(), sequence.promptLength());
    this.promptIds = options.sampling().repetitionPenalty() == 1 ? null : prompt;
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
    boolean penalties = options.sampling().penalized();
    return new SamplingRow(
        options.sampling(),
        seed,
        sequence.length(),
        promptIds,
        penalties ? answer : null,
        penalties ? generated : 0,
        rules.banned(answer, generated, generated < options.minTokens() ? stopIds : Set.of()),
        rules.biasedIds(),
        rules.bias());
  }

  /** Ends the row with an error where its rules leave no token to draw. */
  boolean endedFor(SamplingRow next) {
    if (!rules.leaveNothing(next.banned())) {
      return false;
    }
    sequence.end();
    if (!unsent.isEmpty() || !unsentIds.isEmpty()) {
      sendDelta();
    }
    done(
        FinishReason.ERROR,
        Optional.of(
            "logit_bias, bad_words and the stop ids before min_tokens ban every token behind "
                + generated
                + " tokens of the answer; ban fewer"));
    return true;
  }

  /** Most likely tokens to report with each token of the answer; empty for no report. */
  OptionalInt answerTop() {
    return options.report().logprobs();
  }

  /** The same for the prompt. */
  OptionalInt promptTop() {
    return options.report().promptLogprobs();
  }

  /** Leading tokens of the prompt behind which the log-probabilities are read. */
  int promptRead() {
    return promptLogprobs.size();
  }

  /** Takes what the model held likely behind the first {@link #promptRead()} + 1 tokens. */
  void readPrompt(PositionLogprobs read) {
    promptLogprobs.add(read);
  }

  private void sendPrompt() {
    if (!promptSent && options.report().prompted()) {
      promptSent = true;
      int[] ids = Arrays.copyOf(sequence.tokens(), sequence.promptLength());
      completions.emit(
          new Event.Prompted(row, Arrays.stream(ids).boxed().toList(), promptLogprobs));
    }
  }

  /**
   * Takes the token drawn; emits what became certain; ends the sequence where the answer ends.
   *
   * @param logprobs what the model held likely in its place; null where the row does not ask
   */
  void accept(int id, PositionLogprobs logprobs) {
    sendPrompt();
    if (generated == answer.length) {
      answer = Arrays.copyOf(answer, generated * 2);
    }
    answer[generated++] = id;
    clock.drew();
    if (stopIds.contains(id)) {
      if (options.stopTokenIds().contains(id)) {
        stop = Optional.of(new StopReason.Token(id));
      }
      finish(FinishReason.STOP, true);
      return;
    }
    sequence.append(id);
    unsentIds.add(id);
    if (logprobs != null) {
      unsentLogprobs.add(logprobs);
    }
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
    sendPrompt();
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
        stop = text.stop().map(StopReason.Text::new);
      }
      if (!unsent.isEmpty() || !unsentIds.isEmpty()) {
        sendDelta();
      }
    }
    done(ended, Optional.empty());
  }

  private void done(FinishReason reason, Optional<String> error) {
    completions.emit(
        new Event.Done(
            row,
            reason,
            new Usage(
                sequence.promptLength(),
                sequence.cachedTokens(),
                sequence.recomputedTokens(),
                generated,
                clock.timing()),
            error,
            stop));
  }

  private void sendDelta() {
    completions.emit(new Event.Delta(row, unsent.toString(), unsentIds, unsentLogprobs));
    unsent.setLength(0);
    unsentIds.clear();
    unsentLogprobs.clear();
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
