package dev.quern.executor.model.packed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.cpu.PanelMatrix;

/**
 * A tensor of a packed file. Matrices stand in panels, unquantized vectors as they are.
 *
 * @param offset where it begins, in bytes from the page behind the header
 */
record PackedTensor(String name, WeightFormat format, int rows, int columns, long offset) {
  long bytes() {
    return isVector() && format instanceof WeightFormat.Floats floats
        ? (long) columns * floats.type().bytes()
        : PanelMatrix.bytes(format, rows, columns);
  }

  boolean isVector() {
    return format instanceof WeightFormat.Floats && rows == 1;
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", name).put("rows", rows).put("columns", columns).put("offset", offset);
    ObjectNode type = json.putObject("format");
    switch (format) {
      case WeightFormat.Floats floats ->
          type.put("kind", "float").put("type", floats.type().name());
      case WeightFormat.Integers i ->
          type.put("kind", "integer")
              .put("bits", i.bits())
              .put("group", i.group())
              .put("scale", i.scaleType().name())
              .put("offsets", i.hasOffsets());
      case WeightFormat.Fp8Blocks _ -> type.put("kind", "fp8-blocks");
      case WeightFormat.Ccq _ -> type.put("kind", "ccq");
    }
    return json;
  }

  /**
   * @throws IllegalArgumentException for a format that is not known
   */
  static PackedTensor of(JsonNode json) {
    JsonNode type = json.path("format");
    WeightFormat format =
        switch (type.path("kind").asText()) {
          case "float" -> new WeightFormat.Floats(ElementType.valueOf(type.path("type").asText()));
          case "integer" ->
              new WeightFormat.Integers(
                  type.path("bits").asInt(),
                  type.path("group").asInt(),
                  ElementType.valueOf(type.path("scale").asText()),
                  type.path("offsets").asBoolean());
          case "fp8-blocks" -> new WeightFormat.Fp8Blocks();
          case "ccq" -> new WeightFormat.Ccq();
          default -> throw new IllegalArgumentException("format " + type + " is not known");
        };
    return new PackedTensor(
        json.path("name").asText(),
        format,
        json.path("rows").asInt(),
        json.path("columns").asInt(),
        json.path("offset").asLong());
  }
}
