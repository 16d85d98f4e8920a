package dev.quern.executor.engine;

import dev.quern.executor.choice.Choices;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Options of one generation; the names are those of the SQL functions and of OpenAI's protocol.
 *
 * @param maxTokens most tokens to generate, at least 1
 * @param minTokens stop ids and strings are not honoured before this many tokens
 * @param temperature 0 is greedy; otherwise logits are divided by it
 * @param topP nucleus mass kept, in (0, 1]; 1 keeps all
 * @param topK tokens kept, 0 keeps all
 * @param minP tokens kept have at least this share of the best token's probability, in [0, 1]
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens seen in prompt
 *     or answer (CTRL, arXiv 1909.05858); 1 is off
 * @param presencePenalty subtracted once from logits of tokens seen in the answer
 * @param frequencyPenalty subtracted per occurrence in the answer
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
    double temperature,
    double topP,
    int topK,
    double minP,
    double repetitionPenalty,
    double presencePenalty,
    double frequencyPenalty,
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
          0,
          1,
          0,
          0,
          1,
          0,
          0,
          OptionalLong.empty(),
          List.of(),
          List.of(),
          Optional.empty(),
          true,
          Optional.empty());

  /** No rules, and a report of text and ids. */
  public GenerateOptions(
      int maxTokens,
      int minTokens,
      double temperature,
      double topP,
      int topK,
      double minP,
      double repetitionPenalty,
      double presencePenalty,
      double frequencyPenalty,
      OptionalLong seed,
      List<String> stop,
      List<Integer> stopTokenIds,
      Optional<PromptPart> system,
      boolean chat,
      Optional<Choices> choices) {
    this(
        maxTokens,
        minTokens,
        temperature,
        topP,
        topK,
        minP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        seed,
        stop,
        stopTokenIds,
        system,
        chat,
        choices,
        LogitRules.NONE,
        TokenReport.NONE);
  }

  public GenerateOptions {
    require(maxTokens >= 1, "max_tokens must be at least 1 but is " + maxTokens);
    require(minTokens >= 0, "min_tokens must not be negative but is " + minTokens);
    require(
        minTokens <= maxTokens,
        "min_tokens " + minTokens + " is larger than max_tokens " + maxTokens);
    require(
        temperature == 0 || (temperature >= 1e-5 && temperature <= 100),
        "temperature must be 0 or in [0.00001, 100] but is " + temperature);
    require(topP > 0 && topP <= 1, "top_p must be in (0, 1] but is " + topP);
    require(topK >= 0, "top_k must not be negative (0 keeps all tokens) but is " + topK);
    require(minP >= 0 && minP <= 1, "min_p must be in [0, 1] but is " + minP);
    require(
        repetitionPenalty >= 0.01 && repetitionPenalty <= 100,
        "repetition_penalty must be in [0.01, 100] but is " + repetitionPenalty);
    require(
        Math.abs(presencePenalty) <= 100,
        "presence_penalty must be in [-100, 100] but is " + presencePenalty);
    require(
        Math.abs(frequencyPenalty) <= 100,
        "frequency_penalty must be in [-100, 100] but is " + frequencyPenalty);
    stop = List.copyOf(stop);
    stopTokenIds = List.copyOf(stopTokenIds);
    require(stop.stream().noneMatch(String::isEmpty), "stop strings must not be empty but one is");
    require(
        choices.isEmpty()
            || (minTokens == 0
                && stop.isEmpty()
                && repetitionPenalty == 1
                && presencePenalty == 0
                && frequencyPenalty == 0),
        "choices do not go with min_tokens, stop or penalties: the answer is always a whole choice");
    require(
        choices.isEmpty() || (rules.equals(LogitRules.NONE) && report.logprobs().isEmpty()),
        "choices do not go with logit_bias, bad_words or logprobs: branches of choices are drawn,"
            + " not tokens");
  }

  /** The same with other lengths. */
  public GenerateOptions withTokens(int least, int most) {
    return with(most, least, temperature, seed, chat, choices, rules, report);
  }

  /** The same with another temperature. */
  public GenerateOptions withTemperature(double other) {
    return with(maxTokens, minTokens, other, seed, chat, choices, rules, report);
  }

  /** The same with another seed. */
  public GenerateOptions withSeed(OptionalLong other) {
    return with(maxTokens, minTokens, temperature, other, chat, choices, rules, report);
  }

  /** The same with or without the chat template. */
  public GenerateOptions withChat(boolean wrapped) {
    return with(maxTokens, minTokens, temperature, seed, wrapped, choices, rules, report);
  }

  /** The same with answers to choose from. */
  public GenerateOptions withChoices(Choices given) {
    return with(maxTokens, minTokens, temperature, seed, chat, Optional.of(given), rules, report);
  }

  /** The same with other rules. */
  public GenerateOptions withRules(LogitRules other) {
    return with(maxTokens, minTokens, temperature, seed, chat, choices, other, report);
  }

  /** The same with another report. */
  public GenerateOptions withReport(TokenReport other) {
    return with(maxTokens, minTokens, temperature, seed, chat, choices, rules, other);
  }

  private GenerateOptions with(
      int most,
      int least,
      double heat,
      OptionalLong querySeed,
      boolean wrapped,
      Optional<Choices> given,
      LogitRules changes,
      TokenReport told) {
    return new GenerateOptions(
        most,
        least,
        heat,
        topP,
        topK,
        minP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        querySeed,
        stop,
        stopTokenIds,
        system,
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
