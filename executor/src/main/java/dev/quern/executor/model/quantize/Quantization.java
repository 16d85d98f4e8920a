package dev.quern.executor.model.quantize;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.plan.FormatRule;
import dev.quern.executor.model.plan.MatrixPart;
import dev.quern.executor.model.plan.ModelSize;
import dev.quern.executor.model.plan.QuantizationScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What {@code --quantization} and {@code --quantization-config} ask for.
 *
 * @param scheme of all parts that are not named
 * @param parts schemes by the names of the file: experts, dense, attention, head
 * @param groupSize inputs of an int4 group, 0 for one scale an output channel; empty: 128 where
 *     they divide the width, else 64, else 32
 */
public record Quantization(
    QuantizationScheme scheme, Map<String, QuantizationScheme> parts, OptionalInt groupSize) {
  /** As stored. */
  public static final Quantization NONE =
      new Quantization(QuantizationScheme.NONE, Map.of(), OptionalInt.empty());

  private static final String GROUP_SIZE = "group_size";
  private static final Set<Integer> GROUP_SIZES = Set.of(0, 32, 64, 128);

  /** The parts of a model behind the names of the file. */
  private static final Map<String, List<MatrixPart>> NAMES =
      Map.of(
          "experts", List.of(MatrixPart.EXPERT),
          "dense", List.of(MatrixPart.DENSE, MatrixPart.SHARED, MatrixPart.MTP_BLOCK),
          "attention", List.of(MatrixPart.ATTENTION),
          "head", List.of(MatrixPart.HEAD));

  public Quantization {
    parts = Map.copyOf(new TreeMap<>(parts));
  }

  /**
   * Reads {@code --quantization-config}: {@code {"experts", "dense", "attention", "head": scheme,
   * "group_size"}}, all optional.
   *
   * @throws EngineException naming file and key
   */
  public static Quantization read(QuantizationScheme scheme, Path file) {
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new EngineException(file + ": not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new EngineException(file + ": cannot be read: " + e, e);
    }
    if (!json.isObject()) {
      throw new EngineException(file + ": expected a JSON object");
    }
    Map<String, QuantizationScheme> parts = new TreeMap<>();
    OptionalInt groupSize = OptionalInt.empty();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      if (entry.getKey().equals(GROUP_SIZE)) {
        groupSize = OptionalInt.of(groupSize(file, entry.getValue()));
      } else if (NAMES.containsKey(entry.getKey())) {
        try {
          parts.put(entry.getKey(), QuantizationScheme.of(entry.getValue().asText()));
        } catch (IllegalArgumentException e) {
          throw new EngineException(file + ": " + entry.getKey() + ": " + e.getMessage(), e);
        }
      } else {
        var known = new TreeSet<>(NAMES.keySet());
        known.add(GROUP_SIZE);
        throw new EngineException(
            file + ": unknown key \"" + entry.getKey() + "\"; valid: " + known);
      }
    }
    return new Quantization(scheme, parts, groupSize);
  }

  private static int groupSize(Path file, JsonNode value) {
    if (!value.isInt() || !GROUP_SIZES.contains(value.asInt())) {
      throw new EngineException(
          file
              + ": group_size: expected 32, 64, 128, or 0 for one scale an output channel, but found "
              + value);
    }
    return value.asInt();
  }

  /** Whether nothing is asked for: every matrix stays as it is stored. */
  public boolean isNone() {
    return scheme == QuantizationScheme.NONE
        && groupSize.isEmpty()
        && parts.values().stream().allMatch(s -> s == QuantizationScheme.NONE);
  }

  /** As in messages and fingerprints: {@code wint4}, {@code wint8 {head=wint4}}. */
  public String label() {
    String groups = groupSize.isPresent() ? " groups of " + groupSize.getAsInt() : "";
    return schemes() + groups;
  }

  private String schemes() {
    return scheme.label() + (parts.isEmpty() ? "" : " " + labels());
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new TreeMap<>();
    parts.forEach((name, s) -> labels.put(name, s.label()));
    return labels;
  }

  /**
   * The formats of a model's matrices. The head of a model whose embedding is its head is that
   * matrix.
   *
   * @throws EngineException where the scheme has nothing to act on
   */
  public FormatRule rule(ModelConfig config) {
    boolean experts = config.moe().isPresent();
    if (scheme == QuantizationScheme.WINT2 && !experts) {
      throw new EngineException(
          "--quantization wint2 is for experts and this model has none; use wint4, or a"
              + " --quantization-config with {\"dense\": \"wint2\", \"attention\": \"wint2\"}");
    }
    Map<MatrixPart, QuantizationScheme> own = new EnumMap<>(MatrixPart.class);
    parts.forEach((name, s) -> NAMES.get(name).forEach(part -> own.put(part, s)));
    if (config.tiedHead() && own.containsKey(MatrixPart.HEAD)) {
      own.put(MatrixPart.EMBEDDING, own.get(MatrixPart.HEAD));
    }
    FormatRule rest = scheme.rule(experts);
    FormatRule rule =
        (part, layer, columns) -> {
          if (own.containsKey(part)) {
            return own.get(part).ownFormat(columns, groupSize);
          }
          Optional<WeightFormat> format = rest.of(part, layer, columns);
          return groupSize.isPresent() && format.filter(Quantization::isInt4).isPresent()
              ? QuantizationScheme.WINT4.ownFormat(columns, groupSize)
              : format;
        };
    if (groupSize.isPresent() && !new ModelSize(config).anyMatrix(rule, Quantization::isInt4)) {
      throw new EngineException(
          "--quantization-config: group_size is for int4 weights and %s gives this model none; name a part, such as {\"dense\": \"wint4\"}, or leave group_size out"
              .formatted(schemes()));
    }
    return rule;
  }

  private static boolean isInt4(WeightFormat format) {
    return format instanceof WeightFormat.Integers integers && integers.bits() == 4;
  }
}
