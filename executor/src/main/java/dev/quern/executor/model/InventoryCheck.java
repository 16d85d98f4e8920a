package dev.quern.executor.model;

import dev.quern.executor.device.WeightFormat.Fp8Blocks;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.ExpectedTensor.Role;
import dev.quern.executor.model.Layout.Place;
import dev.quern.executor.model.SafetensorsFolder.StoredTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Compares what a checkpoint stores with what its configuration asks for, tensor by tensor. */
final class InventoryCheck {
  /** Enough to see the pattern of what is wrong. */
  private static final int MAX_PROBLEMS = 8;

  /** Of the multi-token prediction layer; they may stand unread. */
  private static final Pattern MTP =
      Pattern.compile("(model|ernie)\\.mtp_(block|emb_norm|hidden_norm|linear_proj)\\..*");

  private final Path folder;
  private final ModelConfig config;
  private final StoredQuantization quantization;
  private final Layout layout;
  private final Map<String, StoredTensor> stored;
  private final List<String> problems = new ArrayList<>();
  private final Set<String> used = new HashSet<>();

  InventoryCheck(
      Path folder,
      ModelConfig config,
      StoredQuantization quantization,
      Layout layout,
      Map<String, StoredTensor> stored) {
    this.folder = folder;
    this.config = config;
    this.quantization = quantization;
    this.layout = layout;
    this.stored = stored;
  }

  static boolean isMtp(String storedName) {
    return MTP.matcher(storedName).matches();
  }

  /**
   * @return the places of all tensors, by canonical name
   * @throws EngineException that lists what is missing, extra, misshaped or of a wrong dtype
   */
  Map<String, Place> run(List<ExpectedTensor> inventory) {
    Map<String, Place> places = new LinkedHashMap<>();
    for (ExpectedTensor expected : inventory) {
      Optional<Place> place = layout.find(expected, stored);
      if (place.isPresent()) {
        check(place.get());
        places.put(expected.name(), place.get());
      } else if (!expected.optional()) {
        problems.add(
            "tensor %s: missing; expected %s"
                .formatted(
                    layout.storedName(expected.name()),
                    layout.shapesText(expected, expected.rows())));
      }
    }
    stored.values().stream().filter(s -> !isRead(s)).forEach(this::reportExtra);
    if (!problems.isEmpty()) {
      throw failure();
    }
    return places;
  }

  private void check(Place place) {
    TensorEntry entry = place.stored().entry();
    if (!used.add(entry.name())) {
      return; // the other parts of a fused tensor
    }
    ExpectedTensor expected = place.expected();
    if (!layout.shapes(expected, place.storedRows()).contains(entry.shape())) {
      report(
          place.stored(),
          "expected %s but found %s"
              .formatted(layout.shapesText(expected, place.storedRows()), entry.describe()));
    }
    if (entry.type() == StoredType.I8 && expected.quantizable()) {
      checkScale(place);
    } else if (entry.type() == StoredType.F8_E4M3 && expected.role() == Role.LINEAR) {
      checkBlockScales(place);
    } else if (!entry.type().isFloat()) {
      report(
          place.stored(),
          "expected BF16, F16%s but found %s"
              .formatted(
                  expected.quantizable()
                      ? ", F32, I8 with scales, or (linears) F8_E4M3 with scales"
                      : " or F32",
                  entry.describe()));
    }
  }

  private void checkScale(Place place) {
    String name = place.stored().entry().name();
    if (quantization != StoredQuantization.INT8_PER_CHANNEL) {
      report(
          place.stored(),
          "I8, but config.json has no quantization_config of int8 that says how to read it");
      return;
    }
    StoredTensor scale = stored.get(scaleName(name));
    List<Long> column = List.of((long) place.storedRows(), 1L);
    List<Long> vector = List.of((long) place.storedRows());
    if (scale == null) {
      problems.add(
          "%s: tensor %s: missing; expected %s for I8 tensor %s"
              .formatted(place.stored().file().path(), scaleName(name), column, name));
      return;
    }
    used.add(scaleName(name));
    TensorEntry found = scale.entry();
    boolean fits = found.shape().equals(column) || found.shape().equals(vector);
    if (!fits || !found.type().isFloat()) {
      report(
          scale, "expected F32 %s or %s but found %s".formatted(column, vector, found.describe()));
    }
  }

  private void checkBlockScales(Place place) {
    StoredTensor stored = place.stored();
    String name = stored.entry().name();
    if (quantization != StoredQuantization.FP8_BLOCKS) {
      report(
          stored,
          "F8_E4M3, but config.json has no quantization_config of fp8 that says how to read it");
      return;
    }
    if (layout.transposed(place.expected().role())) {
      report(stored, "F8_E4M3 in a transposed layout is not supported; supported: [out, in]");
      return;
    }
    List<Long> blocks =
        entryShape(place).stream().map(size -> Math.ceilDiv(size, (long) Fp8Blocks.BLOCK)).toList();
    StoredTensor scale = this.stored.get(blockScaleName(name));
    if (scale == null) {
      problems.add(
          "%s: tensor %s: missing; expected %s for F8_E4M3 tensor %s"
              .formatted(stored.file().path(), blockScaleName(name), blocks, name));
      return;
    }
    used.add(blockScaleName(name));
    if (!scale.entry().shape().equals(blocks) || !scale.entry().type().isFloat()) {
      report(scale, "expected F32 %s but found %s".formatted(blocks, scale.entry().describe()));
    }
  }

  private static List<Long> entryShape(Place place) {
    return List.of((long) place.storedRows(), (long) place.expected().columns());
  }

  /** Multipliers of a block-wise FP8 tensor. */
  static String blockScaleName(String storedName) {
    return storedName + "_scale_inv";
  }

  static String scaleName(String storedName) {
    return storedName + "_scale";
  }

  /** Used, or one of the few tensors that may stand in a checkpoint unread. */
  private boolean isRead(StoredTensor tensor) {
    String name = tensor.entry().name();
    return used.contains(name)
        || name.endsWith("rotary_emb.inv_freq")
        || (config.tiedHead()
            && (name.equals("lm_head.weight") || name.equals(scaleName("lm_head.weight"))))
        || (config.mtpLayers() == 0 && isMtp(name));
  }

  private void reportExtra(StoredTensor tensor) {
    report(
        tensor,
        "%s: extra; expected no such tensor for this config.json"
            .formatted(tensor.entry().describe()));
  }

  private void report(StoredTensor tensor, String what) {
    problems.add("%s: tensor %s: %s".formatted(tensor.file().path(), tensor.entry().name(), what));
  }

  private EngineException failure() {
    String rest =
        problems.size() > MAX_PROBLEMS
            ? "%n  and %d more".formatted(problems.size() - MAX_PROBLEMS)
            : "";
    return new EngineException(
        problems.stream()
            .limit(MAX_PROBLEMS)
            .collect(
                Collectors.joining(
                    "\n  ", folder + ": the weights do not fit config.json:\n  ", rest)));
  }
}
