package dev.quern.executor.model.packed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.device.cpu.PanelMatrix;
import dev.quern.executor.model.plan.QuantizationScheme;
import dev.quern.executor.model.quantize.Quantization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What a packed file says of itself: {@code {"layout", "quantization": {scheme, parts, group_size},
 * "tensors": [{name, rows, columns, offset, format}]}}.
 *
 * @param quantization what the weights were converted to when they were packed
 */
record PackedHeader(Quantization quantization, List<PackedTensor> tensors) {
  /** Data begins at a page behind the header. */
  static final long PAGE = 4096;

  PackedHeader {
    tensors = List.copyOf(tensors);
  }

  byte[] json() {
    ObjectNode json = new ObjectMapper().createObjectNode().put("layout", PanelMatrix.LAYOUT);
    ObjectNode made = json.putObject("quantization");
    made.put("scheme", quantization.scheme().label());
    ObjectNode parts = made.putObject("parts");
    new TreeMap<>(quantization.parts()).forEach((name, s) -> parts.put(name, s.label()));
    quantization.groupSize().ifPresent(size -> made.put("group_size", size));
    var list = json.putArray("tensors");
    tensors.forEach(t -> list.add(t.json()));
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Bytes behind the header. */
  long dataBytes() {
    return tensors.isEmpty() ? 0 : tensors.getLast().offset() + tensors.getLast().bytes();
  }

  /**
   * Reads a header.
   *
   * @throws IllegalArgumentException for what is not known, and for another layout
   */
  static PackedHeader of(byte[] text) throws IOException {
    JsonNode json = new ObjectMapper().readTree(text);
    String layout = json.path("layout").asText();
    if (!layout.equals(PanelMatrix.LAYOUT)) {
      throw new IllegalArgumentException(
          "packed in layout \"%s\" but this build runs \"%s\"; make the folder anew with quern quantize"
              .formatted(layout, PanelMatrix.LAYOUT));
    }
    JsonNode made = json.path("quantization");
    Map<String, QuantizationScheme> parts = new TreeMap<>();
    made.path("parts")
        .properties()
        .forEach(part -> parts.put(part.getKey(), QuantizationScheme.of(part.getValue().asText())));
    var quantization =
        new Quantization(
            QuantizationScheme.of(made.path("scheme").asText()),
            parts,
            made.has("group_size")
                ? OptionalInt.of(made.path("group_size").asInt())
                : OptionalInt.empty());
    List<PackedTensor> tensors = new ArrayList<>();
    json.path("tensors").forEach(node -> tensors.add(PackedTensor.of(node)));
    return new PackedHeader(quantization, tensors);
  }
}
