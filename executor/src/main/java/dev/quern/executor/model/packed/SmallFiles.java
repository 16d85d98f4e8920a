package dev.quern.executor.model.packed;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.device.cpu.PanelMatrix;
import dev.quern.executor.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** What a packed folder takes over from the checkpoint's: all that is known and no weights. */
final class SmallFiles {
  private static final Set<String> NAMES =
      Set.of(
          "generation_config.json",
          "tokenizer.json",
          "tokenizer.model",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "vocab.txt",
          "merges.txt",
          "chat_template.jinja",
          "chat_template.json");

  /** Beginnings of names, in lower case, of what people read and must be handed on. */
  private static final List<String> PAPERS =
      List.of("license", "licence", "copying", "notice", "readme", "use_policy");

  private SmallFiles() {}

  private static boolean isKnown(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return NAMES.contains(name) || PAPERS.stream().anyMatch(lower::startsWith);
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (isKnown(name)) {
          Files.copy(file, to.resolve(name));
        }
      }
    }
  }

  /** The configuration, with what the headers of the weights said before. */
  static void writeConfig(Path from, Path to, ModelConfig model, String scheme) throws IOException {
    var mapper = new ObjectMapper();
    var config = (ObjectNode) mapper.readTree(Files.readString(from.resolve("config.json")));
    config.put("tie_word_embeddings", model.tiedHead());
    config.put("num_nextn_predict_layers", 0);
    model.moe().ifPresent(moe -> config.put("moe_num_shared_experts", moe.sharedExperts()));
    config
        .putObject("quantization_config")
        .put("quant_method", "quern")
        .put("format", PanelMatrix.LAYOUT)
        .put("scheme", scheme);
    String text = mapper.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n";
    Files.writeString(to.resolve("config.json"), text);
  }
}
