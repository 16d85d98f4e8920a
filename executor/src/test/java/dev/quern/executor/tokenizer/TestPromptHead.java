package dev.quern.executor.tokenizer;

import static dev.quern.executor.engine.PromptPart.literal;
import static dev.quern.executor.engine.PromptPart.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.PromptPart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A head tokenized once gives the ids of the whole string, whatever follows. */
class TestPromptHead {
  private static final int ROUNDS = 1500;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path folder;

  private interface Opening {
    Tokenizer open(Path folder) throws Exception;
  }

  private static final Map<String, Opening> TOKENIZERS = tokenizers();

  private static Map<String, Opening> tokenizers() {
    Map<String, Opening> all = new TreeMap<>();
    all.put("embedded", _ -> TokenizerLoader.open(Folders.embeddedModel()).orElseThrow());
    for (String pre : List.of("smollm", "llama-bpe", "gpt-2", "qwen2", "default")) {
      all.put(
          pre,
          folder ->
              gguf(
                  TestGgufTokenizer.bytePairs()
                      .put("tokenizer.ggml.pre", pre)
                      .write(folder.resolve("m.gguf"))));
    }
    all.put(
        "pieces of a gguf",
        folder -> gguf(TestGgufTokenizer.sentencePieces(6).write(folder.resolve("m.gguf"))));
    all.put("pieces", _ -> TokenizerLoader.open(Folders.sentencePiece()).orElseThrow());
    all.put("pieces, dummy prefix", folder -> pieces(folder, 3, ProtoFields.varint(3, 1)));
    all.put("pieces, spaces removed", folder -> pieces(folder, 3, ProtoFields.varint(4, 1)));
    all.put(
        "pieces, both",
        folder -> {
          byte[] both = Arrays.copyOf(ProtoFields.varint(3, 1), 4);
          System.arraycopy(ProtoFields.varint(4, 1), 0, both, 2, 2);
          return pieces(folder, 3, both);
        });
    all.put(
        "pieces, no byte fallback",
        folder -> gguf(TestGgufTokenizer.sentencePieces(1).write(folder.resolve("m.gguf"))));
    all.put("pieces, unigram", folder -> pieces(folder, 2, ProtoFields.varint(3, 1)));
    all.put("characters", folder -> json(folder, characters()));
    all.put(
        "characters, unknown ones fused",
        folder -> {
          ObjectNode root = characters();
          ((ObjectNode) root.get("model")).put("byte_fallback", false);
          return json(folder, root);
        });
    all.put(
        "characters, prefix always",
        folder -> {
          ObjectNode root = characters();
          ((ObjectNode) root.get("pre_tokenizer")).put("prepend_scheme", "always");
          return json(folder, root);
        });
    all.put(
        "characters, in words",
        folder -> {
          ObjectNode root = characters();
          ((ObjectNode) root.get("pre_tokenizer")).put("split", true);
          return json(folder, root);
        });
    all.put(
        "characters, flags",
        folder -> {
          ObjectNode root = characters();
          ArrayNode added = (ArrayNode) root.get("added_tokens");
          int next = root.get("model").get("vocab").size();
          TestTokenizerVariants.addToken(added, next, "<mask>", true)
              .put("lstrip", true)
              .put("rstrip", true);
          TestTokenizerVariants.addToken(added, next + 1, "word", true).put("single_word", true);
          TestTokenizerVariants.addToken(added, next + 2, "<a>", true);
          TestTokenizerVariants.addToken(added, next + 3, "<a><b>", true).put("rstrip", true);
          TestTokenizerVariants.addToken(added, next + 4, "<|im_end|>", true).put("lstrip", true);
          return json(folder, root);
        });
    all.put(
        "characters, added tokens in values",
        folder -> {
          ObjectNode root = characters();
          ArrayNode added = (ArrayNode) root.get("added_tokens");
          int next = root.get("model").get("vocab").size();
          TestTokenizerVariants.addToken(added, next, "<|end|>", true);
          TestTokenizerVariants.addToken(added, next + 1, "<tool>", false);
          TestTokenizerVariants.addToken(added, next + 2, "d, an", false);
          return json(folder, root);
        });
    all.put(
        "embedded, added tokens in values",
        folder -> {
          ObjectNode root = embedded();
          for (String content : List.of("d w", "t,", "  ", "<tool>", "g o")) {
            TestTokenizerVariants.addToken(
                (ArrayNode) root.get("added_tokens"),
                49152 + root.get("added_tokens").size(),
                content,
                false);
          }
          return json(folder, root);
        });
    all.put(
        "embedded, composed characters",
        folder -> {
          ObjectNode root = embedded();
          root.putObject("normalizer").put("type", "NFC");
          return json(folder, root);
        });
    all.put(
        "embedded, space in front",
        folder -> {
          ObjectNode root = embedded();
          ((ObjectNode) root.at("/pre_tokenizer/pretokenizers/1")).put("add_prefix_space", true);
          return json(folder, root);
        });
    return all;
  }

  private static Tokenizer gguf(Path file) {
    return TokenizerLoader.open(file).orElseThrow();
  }

  private static ObjectNode embedded() throws Exception {
    return (ObjectNode) MAPPER.readTree(Folders.embeddedModel().resolve("tokenizer.json").toFile());
  }

  /** Single characters and some merges; those of spaces, too. */
  private static ObjectNode characters() throws Exception {
    ObjectNode root =
        TestTokenizerVariants.characters(
            TestTokenizerVariants.METASPACE_FIRST, TestTokenizerVariants.LLAMA2_DECODER);
    ObjectNode vocab = (ObjectNode) root.at("/model/vocab");
    ArrayNode merges = (ArrayNode) root.at("/model/merges");
    for (String pair :
        List.of("t h", "th e", "\u2581 \u2581", "i n", "in g", "g \u2581", "o n", "< |", "d >")) {
      vocab.put(pair.replace(" ", ""), vocab.size());
      merges.add(pair);
    }
    return root;
  }

  private static Tokenizer json(Path folder, ObjectNode root) throws Exception {
    Files.writeString(folder.resolve("tokenizer.json"), root.toString());
    return TokenizerLoader.open(folder).orElseThrow();
  }

  /** The SentencePiece model with a setting of its trainer (2) or normalizer (3) changed. */
  private static Tokenizer pieces(Path folder, int message, byte[] setting) throws Exception {
    byte[] model = Files.readAllBytes(Folders.sentencePiece().resolve("tokenizer.model"));
    byte[] merged = ProtoFields.message(message, setting);
    byte[] changed = Arrays.copyOf(model, model.length + merged.length);
    System.arraycopy(merged, 0, changed, model.length, merged.length);
    Files.write(folder.resolve("tokenizer.model"), changed);
    return TokenizerLoader.open(folder).orElseThrow();
  }

  static List<String> names() {
    return List.copyOf(TOKENIZERS.keySet());
  }

  @ParameterizedTest
  @MethodSource("names")
  void aHeadAndItsRestHaveTheIdsOfTheWhole(String name) throws Exception {
    try (Tokenizer tokenizer = TOKENIZERS.get(name).open(folder)) {
      for (int seed = 0; seed < ROUNDS; seed++) {
        Random random = new Random(seed);
        String text = RandomTexts.text(random, 25);
        int end = random.nextInt(text.length() + 1); // also inside of a special token
        List<PromptPart> parts = RandomTexts.parts(text.substring(0, end), random);
        Tokenizer.Head head = tokenizer.head(parts);
        List<PromptPart> own = RandomTexts.parts(text.substring(end), random);
        check(tokenizer, head, parts, own, name + ", seed " + seed);
        for (int row = 0; row < 4; row++) {
          List<PromptPart> rest = RandomTexts.parts(RandomTexts.text(random, 6), random);
          check(tokenizer, head, parts, rest, name + ", seed " + seed);
        }
        check(tokenizer, head, parts, List.of(), name + ", seed " + seed);
      }
    }
  }

  private static void check(
      Tokenizer tokenizer,
      Tokenizer.Head head,
      List<PromptPart> parts,
      List<PromptPart> rest,
      String where) {
    List<PromptPart> all = new ArrayList<>(parts);
    all.addAll(rest);
    String text = all.stream().map(PromptPart::text).collect(Collectors.joining());
    if (PromptText.loneSurrogate(text) >= 0) {
      String expected =
          assertThrows(IllegalArgumentException.class, () -> tokenizer.encode(all)).getMessage();
      assertEquals(
          expected,
          assertThrows(IllegalArgumentException.class, () -> head.encode(rest)).getMessage());
      return;
    }
    int[] whole = tokenizer.encode(all);
    assertArrayEquals(whole, head.encode(rest), () -> where + ": " + parts + " then " + rest);
    int[] ids = head.ids();
    assertArrayEquals(Arrays.copyOf(whole, Math.min(ids.length, whole.length)), ids, where);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "embedded",
        "llama-bpe",
        "gpt-2",
        "default",
        "qwen2",
        "pieces",
        "pieces of a gguf",
        "pieces, dummy prefix",
        "characters",
        "characters, in words"
      })
  void mostOfAnInstructionIsTokenizedOnce(String name) throws Exception {
    try (Tokenizer tokenizer = TOKENIZERS.get(name).open(folder)) {
      List<PromptPart> head =
          List.of(
              literal(
                  "<s>read the film and say in one word what its mood is, and nothing else:\n\n"));
      int known = tokenizer.head(head).ids().length;
      int whole = tokenizer.encode(head).length;
      assertTrue(known >= whole - 8, name + ": " + known + " of " + whole);
      int[] japanese = tokenizer.head(List.of(value("\u65e5\u672c\u3001\u672c"))).ids();
      assertEquals(
          name.startsWith("pieces") || name.startsWith("char"), japanese.length == 0, name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pieces, unigram",
        "characters, prefix always",
        "embedded, composed characters",
        "embedded, space in front"
      })
  void whereNothingIsProvenTheCutIsBehindTheLastSpecialToken(String name) throws Exception {
    try (Tokenizer tokenizer = TOKENIZERS.get(name).open(folder)) {
      String special =
          name.startsWith("pieces") ? "<think>" : name.startsWith("char") ? "<s>" : "<|im_end|>";
      var head = tokenizer.head(List.of(literal("one two" + special + "three four")));
      assertArrayEquals(tokenizer.encode(List.of(literal("one two" + special))), head.ids());
    }
  }

  @Test
  void specialTokensAreThoseOfTheWholeString() {
    try (Tokenizer tokenizer = TokenizerLoader.open(Folders.embeddedModel()).orElseThrow()) {
      int end = tokenizer.specialId("<|im_end|>").orElseThrow();
      var half = tokenizer.head(List.of(literal("some words <|im_")));
      assertTrue(contains(half.encode(List.of(literal("end|>"))), end), "one literal in two parts");
      assertTrue(!contains(half.encode(List.of(value("end|>"))), end), "a value completes nothing");
      assertTrue(
          !contains(half.encode(List.of(value(""), literal("end|>"))), end),
          "nor does an empty one");
      var data = tokenizer.head(List.of(value("some words <|im_")));
      assertTrue(
          !contains(data.encode(List.of(literal("end|>"))), end), "nor is one begun in data");
      assertTrue(contains(data.encode(List.of(literal("<|im_end|>"))), end));
      assertTrue(!contains(data.encode(List.of(value("<|im_end|>"))), end));
    }
  }

  @Test
  void aTokenThatCouldGrowOrDependsOnWhatFollowsIsNotDecided() throws Exception {
    try (Tokenizer tokenizer = TOKENIZERS.get("characters, flags").open(folder)) {
      for (String text :
          List.of("x <a>|<b>", "x <mask> | y", "a word|s", "a word| s", "a  |  <mask>")) {
        int cut = text.indexOf('|');
        List<PromptPart> head = List.of(literal(text.substring(0, cut)));
        List<PromptPart> rest = List.of(literal(text.substring(cut + 1)));
        check(tokenizer, tokenizer.head(head), head, rest, text);
      }
    }
  }

  private static boolean contains(int[] ids, int id) {
    return Arrays.stream(ids).anyMatch(each -> each == id);
  }

  @Test
  void aClosedTokenizerSaysSo() {
    Tokenizer tokenizer = TokenizerLoader.open(Folders.sentencePiece()).orElseThrow();
    var head = tokenizer.head(List.of(literal("words and words")));
    tokenizer.close();
    assertThrows(IllegalStateException.class, () -> head.encode(List.of(value("a"))));
    assertThrows(IllegalStateException.class, () -> tokenizer.head(List.of(literal("a"))));
  }
}
