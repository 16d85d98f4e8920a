package dev.quern.executor.engine;

import dev.quern.executor.choice.Choices;
import dev.quern.executor.device.Sampling;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Options of one generation; the names are those of the SQL functions and of OpenAI's protocol.
 *
 * @param maxTokens most tokens to generate, at least 1
 * @param minTokens stop ids and strings are not honoured before this many tokens
 * @param seed query seed; the row's own seed derives from it and the prompt's ids. Empty is 0.
 * @param stop strings that end the answer; they are not part of it
 * @param stopTokenIds ids that end the answer besides the checkpoint's own
 * @param system system message for a {@link Prompt.Text} under a chat template
 * @param chat whether a {@link Prompt.Text} is wrapped in the checkpoint's chat template
 * @param choices the answer is one of these; max_tokens does not cut it, and min_tokens, stop and
 *     penalties are not for it, nor are rules and a report of log-probabilities
 * @param rules bias of some tokens, bad words
 * @param report what the row tells of its tokens
 */
public record GenerateOptions(
    int maxTokens,
    int minTokens,
    Sampling sampling,
    OptionalLong seed,
    List<String> stop,
    List<Integer> stopTokenIds,
    Optional<PromptPart> system,
    boolean chat,
    Optional<Choices> choices,
    LogitRules rules,
    TokenReport report) {

  /** Greedy, 32 tokens, chat template where there is one: the defaults of SQL's GENERATE. */
  public static final GenerateOptions DEFAULT =
      new GenerateOptions(
          32,
          0,
          Sampling.GREEDY,
          OptionalLong.empty(),
          List.of(),
          List.of(),
          Optional.empty(),
          true,
          Optional.empty(),
          LogitRules.NONE,
          TokenReport.NONE);

  public GenerateOptions {
    require(maxTokens >= 1, "max_tokens must be at least 1 but is " + maxTokens);
    require(minTokens >= 0, "min_tokens must not be negative but is " + minTokens);
    require(
        minTokens <= maxTokens,
        "min_tokens " + minTokens + " is larger than max_tokens " + maxTokens);
    stop = List.copyOf(stop);
    stopTokenIds = List.copyOf(stopTokenIds);
    require(stop.stream().noneMatch(String::isEmpty), "stop strings must not be empty but one is");
    require(
        choices.isEmpty() || (minTokens == 0 && stop.isEmpty() && !sampling.penalized()),
        "choices do not go with min_tokens, stop or penalties: the answer is always a whole choice");
    require(
        choices.isEmpty() || (rules.equals(LogitRules.NONE) && report.logprobs().isEmpty()),
        "choices do not go with logit_bias, bad_words or logprobs: branches of choices are drawn,"
            + " not tokens");
  }

  /** The same with other lengths. */
  public GenerateOptions withTokens(int least, int most) {
    return new GenerateOptions(
        most, least, sampling, seed, stop, stopTokenIds, system, chat, choices, rules, report);
  }

  /** The same, drawn in another way. */
  public GenerateOptions withSampling(Sampling other) {
    return with(other, seed, system, chat, choices, rules, report);
  }

  /** The same with another temperature. */
  public GenerateOptions withTemperature(double other) {
    return withSampling(sampling.withTemperature(other));
  }

  /** The same with another seed. */
  public GenerateOptions withSeed(OptionalLong other) {
    return with(sampling, other, system, chat, choices, rules, report);
  }

  /** The same with other ends of the answer. */
  public GenerateOptions withStop(List<String> texts, List<Integer> ids) {
    return new GenerateOptions(
        maxTokens, minTokens, sampling, seed, texts, ids, system, chat, choices, rules, report);
  }

  /** The same with another system message. */
  public GenerateOptions withSystem(Optional<PromptPart> other) {
    return with(sampling, seed, other, chat, choices, rules, report);
  }

  /** The same with or without the chat template. */
  public GenerateOptions withChat(boolean wrapped) {
    return with(sampling, seed, system, wrapped, choices, rules, report);
  }

  /** The same with answers to choose from. */
  public GenerateOptions withChoices(Choices given) {
    return with(sampling, seed, system, chat, Optional.of(given), rules, report);
  }

  /** The same with other rules. */
  public GenerateOptions withRules(LogitRules other) {
    return with(sampling, seed, system, chat, choices, other, report);
  }

  /** The same with another report. */
  public GenerateOptions withReport(TokenReport other) {
    return with(sampling, seed, system, chat, choices, rules, other);
  }

  private GenerateOptions with(
      Sampling drawn,
      OptionalLong querySeed,
      Optional<PromptPart> instruction,
      boolean wrapped,
      Optional<Choices> given,
      LogitRules changes,
      TokenReport told) {
    return new GenerateOptions(
        maxTokens,
        minTokens,
        drawn,
        querySeed,
        stop,
        stopTokenIds,
        instruction,
        wrapped,
        given,
        changes,
        told);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
