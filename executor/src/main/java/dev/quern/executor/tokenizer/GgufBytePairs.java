package dev.quern.executor.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.model.gguf.GgufMetadata;
import dev.quern.executor.tokenizer.SentencePieceModel.PieceType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Byte-level BPE of a GGUF file, as a tokenizer.json: what the file's merges and the name of its
 * pre-tokenizer say in another form.
 */
final class GgufBytePairs {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private GgufBytePairs() {}

  static Tokenizer open(Path file, GgufMetadata metadata, GgufVocabulary vocabulary) {
    String name = metadata.text("tokenizer.ggml.pre").orElse("default");
    PreTokenizers pre =
        PreTokenizers.named(name)
            .orElseThrow(() ->
                metadata.error(
                    "key tokenizer.ggml.pre: \"%s\" is not supported; supported: %s"
                        .formatted(name, PreTokenizers.names())));
    List<String> merges =
        metadata
            .texts("tokenizer.ggml.merges")
            .orElseThrow(() -> metadata.missing("tokenizer.ggml.merges"));
    ObjectNode root = JSON.objectNode();
    root.set("added_tokens", addedTokens(vocabulary));
    root.putNull("normalizer");
    root.set("pre_tokenizer", preTokenizer(pre));
    root.set("decoder", byteLevel(JSON.objectNode()));
    root.set("model", model(vocabulary, merges, pre.ignoreMerges()));
    return TokenizerJson.open(file, root, new DeclaredTokens(new LinkedHashMap<>()));
  }

  /** Control tokens are special; user-defined ones are found in any text. */
  private static ArrayNode addedTokens(GgufVocabulary vocabulary) {
    ArrayNode added = JSON.arrayNode();
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      PieceType type = vocabulary.types().get(id);
      if (type == PieceType.CONTROL || type == PieceType.USER_DEFINED) {
        added
            .addObject()
            .put("id", id)
            .put("content", vocabulary.tokens().get(id))
            .put("special", type == PieceType.CONTROL)
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false);
      }
    }
    return added;
  }

  private static ObjectNode preTokenizer(PreTokenizers pre) {
    ObjectNode sequence = JSON.objectNode().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    for (String pattern : pre.patterns()) {
      ObjectNode split = steps.addObject().put("type", "Split");
      split.set("pattern", JSON.objectNode().put("Regex", pattern));
      split.put("behavior", "Isolated").put("invert", false);
    }
    byteLevel(steps.addObject());
    return sequence;
  }

  private static ObjectNode byteLevel(ObjectNode step) {
    return step.put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", false);
  }

  private static ObjectNode model(
      GgufVocabulary vocabulary, List<String> merges, boolean ignoreMerges) {
    ObjectNode model = JSON.objectNode().put("type", "BPE");
    model.putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", ignoreMerges);
    ObjectNode vocab = model.putObject("vocab");
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      vocab.put(vocabulary.tokens().get(id), id);
    }
    ArrayNode pairs = model.putArray("merges");
    merges.forEach(pairs::add);
    return model;
  }
}
