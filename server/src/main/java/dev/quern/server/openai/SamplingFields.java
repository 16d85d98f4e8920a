package dev.quern.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.device.Sampling;
import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.LogitRules;
import dev.quern.executor.engine.TokenReport;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The fields that say how an answer is drawn; the same for chats and completions.
 *
 * @param defaults where a request is silent
 */
record SamplingFields(SamplingDefaults defaults) {
  /** Most entries of stop, bad_words, stop_token_ids and logit_bias. */
  private static final int MOST_ENTRIES = 1024;

  /** Most texts of stop and bad_words: each is looked for at every token. */
  private static final int MOST_TEXTS = 64;

  /** Most characters of such a text. */
  private static final int LONGEST_TEXT = 256;

  /**
   * @param maxTokens most tokens of the answer
   * @param chat whether the checkpoint's template is around the prompt
   */
  GenerateOptions read(JsonFields fields, int maxTokens, TokenReport report, boolean chat)
      throws ApiException {
    // vLLM's name for an answer of a fixed length, as load tests want it.
    boolean toTheEnd = fields.bool("ignore_eos");
    int minTokens = (int) fields.whole("min_tokens", 0, 0, Integer.MAX_VALUE);
    try {
      Sampling sampling = sampling(fields);
      return new GenerateOptions(
          maxTokens,
          toTheEnd ? maxTokens : minTokens,
          sampling,
          seed(fields, sampling),
          texts("stop", fields),
          ids(fields),
          Optional.empty(),
          chat,
          Optional.empty(),
          new LogitRules(bias(fields), texts("bad_words", fields)),
          report);
    } catch (IllegalArgumentException e) {
      // The message begins with the field's name.
      throw ApiException.badRequest(e.getMessage().split(" ", 2)[0], e.getMessage());
    }
  }

  private Sampling sampling(JsonFields fields) throws ApiException {
    Sampling usual = defaults.sampling();
    long topK = fields.whole("top_k", usual.topK(), -1, Integer.MAX_VALUE);
    return new Sampling(
        fields.number("temperature", usual.temperature()),
        fields.number("top_p", usual.topP()),
        (int) Math.max(0, topK), // vLLM's -1 keeps all tokens, as 0 does
        fields.number("min_p", usual.minP()),
        fields.number("repetition_penalty", usual.repetitionPenalty()),
        fields.number("presence_penalty", usual.presencePenalty()),
        fields.number("frequency_penalty", usual.frequencyPenalty()));
  }

  /** Without a seed every request draws anew, as OpenAI's do. */
  private static OptionalLong seed(JsonFields fields, Sampling sampling) throws ApiException {
    if (fields.get("seed") != null) {
      return OptionalLong.of(fields.whole("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE));
    }
    return sampling.temperature() == 0
        ? OptionalLong.empty()
        : OptionalLong.of(ThreadLocalRandom.current().nextLong());
  }

  private static List<Integer> ids(JsonFields fields) throws ApiException {
    String name = "stop_token_ids";
    JsonNode value = fields.get(name);
    if (value == null) {
      return List.of();
    }
    return bounded(name, TokenIds.read(name, value));
  }

  private static Map<Integer, Double> bias(JsonFields fields) throws ApiException {
    String name = "logit_bias";
    JsonNode value = fields.get(name);
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof ObjectNode object)) {
      throw JsonFields.wrongType(name, "an object from token ids to numbers", value);
    }
    Map<Integer, Double> bias = new LinkedHashMap<>();
    for (var entry : object.properties()) {
      if (!entry.getValue().isNumber()) {
        throw JsonFields.wrongType(name + "." + entry.getKey(), "a number", entry.getValue());
      }
      try {
        bias.put(Integer.valueOf(entry.getKey()), entry.getValue().doubleValue());
      } catch (NumberFormatException e) {
        throw ApiException.badRequest(
            name, "'" + name + "' has the key '" + entry.getKey() + "', which is no token id");
      }
    }
    bounded(name, new ArrayList<>(bias.keySet()));
    return bias;
  }

  private static List<String> texts(String name, JsonFields fields) throws ApiException {
    List<String> texts = fields.strings(name);
    if (texts.size() > MOST_TEXTS) {
      throw ApiException.badRequest(
          name, "'" + name + "' may have " + MOST_TEXTS + " texts but has " + texts.size());
    }
    for (String text : texts) {
      if (text.length() > LONGEST_TEXT) {
        throw ApiException.badRequest(
            name,
            "a text of '"
                + name
                + "' may have "
                + LONGEST_TEXT
                + " characters but one has "
                + text.length());
      }
    }
    return texts;
  }

  private static <T> List<T> bounded(String name, List<T> entries) throws ApiException {
    if (entries.size() > MOST_ENTRIES) {
      throw ApiException.badRequest(
          name, "'" + name + "' may have " + MOST_ENTRIES + " entries but has " + entries.size());
    }
    return entries;
  }
}
