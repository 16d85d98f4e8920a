package dev.quern.executor.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.EngineException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The decoder of a tokenizer.json: what each token's characters become, and the start of the text.
 */
final class DecoderSteps {
  /** What becomes of one token's characters. */
  private sealed interface Step {
    record Replace(String from, String to) implements Step {}

    record ByteFallback() implements Step {}

    record ByteLevel() implements Step {}
  }

  private final Path file;
  private final List<Step> steps = new ArrayList<>();
  private Detokenizer.Leading leading = Detokenizer.Leading.KEEP;
  private boolean joined;

  private DecoderSteps(Path file) {
    this.file = file;
  }

  static DecoderSteps read(Path file, JsonNode decoder) {
    DecoderSteps steps = new DecoderSteps(file);
    steps.add(decoder);
    return steps;
  }

  /**
   * The table for the given token contents; null where an id gives no text. Ill-formed bytes of
   * byte-fallback tokens are replaced one by one, those of byte-level tokens by maximal prefix.
   */
  Detokenizer detokenizer(String[] contents) {
    byte[][] pieces = new byte[contents.length][];
    for (int id = 0; id < contents.length; id++) {
      pieces[id] = contents[id] == null ? null : bytes(contents[id]);
    }
    boolean byteLevel = steps.contains(new Step.ByteLevel());
    return new Detokenizer(
        pieces,
        leading,
        byteLevel ? Utf8Assembler.Malformed.MAXIMAL_PREFIX : Utf8Assembler.Malformed.EACH_BYTE);
  }

  private byte[] bytes(String content) {
    String text = content;
    for (Step step : steps) {
      switch (step) {
        case Step.Replace(var from, var to) -> text = text.replace(from, to);
        case Step.ByteFallback() -> {
          if (ByteTokens.isByteFallback(text)) {
            return ByteTokens.byteFallback(text);
          }
        }
        case Step.ByteLevel() -> {
          return ByteTokens.byteLevel(text);
        }
      }
    }
    return ByteTokens.utf8(text);
  }

  private void add(JsonNode decoder) {
    String type = decoder.path("type").asText("null");
    switch (type) {
      case "Sequence" -> decoder.path("decoders").forEach(this::add);
      case "ByteLevel" -> {
        steps.add(new Step.ByteLevel());
        joined = true;
      }
      case "ByteFallback" -> steps.add(new Step.ByteFallback());
      case "Fuse" -> joined = true;
      case "Replace" -> addReplace(decoder);
      case "Strip" -> addStrip(decoder);
      case "Metaspace" -> addMetaspace(decoder);
      default -> throw unsupported("type " + type);
    }
  }

  private void addReplace(JsonNode decoder) {
    JsonNode pattern = decoder.path("pattern").path("String");
    if (joined || !pattern.isTextual()) {
      throw unsupported(decoder.toString());
    }
    steps.add(new Step.Replace(pattern.asText(), decoder.path("content").asText()));
  }

  private void addStrip(JsonNode decoder) {
    if (!joined
        || !decoder.path("content").asText().equals(" ")
        || decoder.path("stop").asInt() != 0) {
      throw unsupported(decoder.toString());
    }
    leading = new Detokenizer.Leading(decoder.path("start").asInt(), false);
  }

  private void addMetaspace(JsonNode decoder) {
    String replacement = decoder.path("replacement").asText("\u2581");
    steps.add(new Step.Replace(replacement, " "));
    boolean prepends =
        decoder.has("prepend_scheme")
            ? !decoder.path("prepend_scheme").asText().equals("never")
            : decoder.path("add_prefix_space").asBoolean(true);
    if (prepends) {
      leading = new Detokenizer.Leading(Integer.MAX_VALUE, true);
    }
  }

  private EngineException unsupported(String decoder) {
    return new EngineException(
        file
            + ": decoder "
            + decoder
            + " is not supported; supported are ByteLevel, Metaspace, and Sequence of Replace, ByteFallback, Fuse, Strip of leading spaces");
  }
}
