package dev.quern.executor.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.model.gguf.GgufFile;
import dev.quern.executor.model.gguf.GgufMetadata;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The defaults that a checkpoint gives for generation, from {@code generation_config.json}. SQL
 * takes the stop ids only; the endpoint takes all.
 *
 * @param eosIds tokens that end an answer; from {@code config.json} where this file has none
 * @param doSample false asks for greedy decoding whatever the temperature
 */
public record GenerationConfig(
    List<Integer> eosIds,
    Optional<Boolean> doSample,
    OptionalDouble temperature,
    OptionalDouble topP,
    OptionalInt topK,
    OptionalDouble minP,
    OptionalDouble repetitionPenalty,
    OptionalDouble presencePenalty,
    OptionalDouble frequencyPenalty,
    OptionalInt maxNewTokens) {
  private static final String EOS = "eos_token_id";

  /** No stop ids and no defaults. */
  public static final GenerationConfig NONE =
      new GenerationConfig(
          List.of(),
          Optional.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalInt.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalInt.empty());

  public GenerationConfig {
    eosIds = List.copyOf(eosIds);
  }

  /**
   * Reads a checkpoint folder; without the file only the stop ids of {@code config.json} are known.
   * A GGUF file has stop ids only: the ends of a text and of a turn.
   *
   * @throws dev.quern.executor.engine.EngineException naming file and key, for values out of range
   */
  public static GenerationConfig read(Path folder) {
    if (GgufFile.isNamed(folder)) {
      return of(GgufFile.metadata(folder));
    }
    ConfigJson config = ConfigJson.read(Checkpoints.configFile(folder));
    Path file = folder.resolve("generation_config.json");
    ConfigJson json = Files.exists(file) ? ConfigJson.read(file) : ConfigJson.empty(file);
    return new GenerationConfig(
        eosIds(json.has(EOS) ? json : config),
        json.has("do_sample") ? Optional.of(json.flag("do_sample", true)) : Optional.empty(),
        json.number("temperature", 0, Double.MAX_VALUE),
        json.number("top_p", 0, 1),
        integer(json, "top_k", 0),
        json.number("min_p", 0, 1),
        json.number("repetition_penalty", Double.MIN_VALUE, Double.MAX_VALUE),
        json.number("presence_penalty", -2, 2),
        json.number("frequency_penalty", -2, 2),
        integer(json, "max_new_tokens", 1));
  }

  /** The stop ids of a GGUF file. */
  public static GenerationConfig of(GgufMetadata metadata) {
    List<Integer> ids = new ArrayList<>();
    for (String name : List.of("eos", "eot", "eom")) {
      metadata
          .integer("tokenizer.ggml." + name + "_token_id")
          .map(Math::toIntExact)
          .ifPresent(id -> {
            if (!ids.contains(id)) {
              ids.add(id);
            }
          });
    }
    return new GenerationConfig(
        ids,
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalInt.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalInt.empty());
  }

  private static OptionalInt integer(ConfigJson json, String key, int least) {
    if (!json.has(key)) {
      return OptionalInt.empty();
    }
    int value = json.integer(key);
    if (value < least) {
      throw json.error("%s: expected at least %d but found %d".formatted(key, least, value));
    }
    return OptionalInt.of(value);
  }

  private static List<Integer> eosIds(ConfigJson json) {
    if (!json.has(EOS)) {
      return List.of();
    }
    JsonNode node = json.node(EOS);
    List<Integer> ids = new ArrayList<>();
    for (JsonNode id : node.isArray() ? node : List.of(node)) {
      if (!id.canConvertToInt() || !id.isIntegralNumber() || id.asInt() < 0) {
        throw json.error(EOS + ": expected a token id or a list of them but found " + node);
      }
      ids.add(id.asInt());
    }
    return ids;
  }
}
