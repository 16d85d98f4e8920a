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
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.PromptPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small tokenizers of other kinds, damaged files, and texts cut into parts at random. */
class TestTokenizerVariants {
  static final String LLAMA2_DECODER =
      """
      {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
        {"type": "ByteFallback"}, {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
      """;
  static final String METASPACE_FIRST =
      """
      {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": false}
      """;

  @TempDir Path folder;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** A tokenizer of single characters with byte fallback; ids: unk 0, s 1, /s 2, bytes from 3. */
  static ObjectNode characters(String preTokenizer, String decoder) throws IOException {
    ObjectNode root = MAPPER.createObjectNode().put("version", "1.0");
    ArrayNode added = root.putArray("added_tokens");
    addToken(added, 0, "<unk>", true);
    addToken(added, 1, "<s>", true);
    addToken(added, 2, "</s>", true);
    root.set("pre_tokenizer", MAPPER.readTree(preTokenizer));
    root.set("decoder", MAPPER.readTree(decoder));
    ObjectNode model =
        root.putObject("model")
            .put("type", "BPE")
            .put("unk_token", "<unk>")
            .put("fuse_unk", true)
            .put("byte_fallback", true);
    ObjectNode vocab = model.putObject("vocab").put("<unk>", 0).put("<s>", 1).put("</s>", 2);
    for (int b = 0; b < 256; b++) {
      vocab.put("<0x%02X>".formatted(b), vocab.size());
    }
    for (char c : "\u2581abcdefghijklmnopqrstuvwxyz<>/|".toCharArray()) {
      vocab.put(String.valueOf(c), vocab.size());
    }
    model.putArray("merges");
    return root;
  }

  static ObjectNode addToken(ArrayNode added, int id, String content, boolean special) {
    return added
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", special);
  }

  private Tokenizer open(ObjectNode root) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), root.toString());
    return TokenizerLoader.open(folder).orElseThrow();
  }

  private static String stream(Tokenizer tokenizer, int[] ids) {
    Tokenizer.StreamDecoder stream = tokenizer.streamDecoder();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(stream.next(id));
    }
    return text.append(stream.finish()).toString();
  }

  @Test
  void aSpaceIsPutBeforeTheStartOfThePromptOnly() throws IOException {
    try (Tokenizer tokenizer = open(characters(METASPACE_FIRST, LLAMA2_DECODER))) {
      int[] alone = tokenizer.encode(List.of(literal("ab")));
      assertEquals(3, alone.length);
      assertEquals("ab", tokenizer.decode(alone));
      int[] behind = tokenizer.encode(List.of(literal("<s>ab")));
      assertArrayEquals(new int[] {1, alone[1], alone[2]}, behind);
      int[] plain = tokenizer.encode(List.of(value("<s>ab</s>")));
      assertTrue(Arrays.stream(plain).noneMatch(id -> id == 1 || id == 2));
      assertEquals("<s>ab</s>", stream(tokenizer, plain));
    }
  }

  @Test
  void byteFallbackStreamsWholeCharacters() throws IOException {
    try (Tokenizer tokenizer = open(characters(METASPACE_FIRST, LLAMA2_DECODER))) {
      int[] ids = tokenizer.encode(List.of(value("日😀 x")));
      assertEquals("日😀 x", tokenizer.decode(ids));
      assertEquals("日😀 x", stream(tokenizer, ids));
      int[] cut = Arrays.copyOf(ids, 3); // the space, and two of three bytes
      assertEquals("\uFFFD\uFFFD", tokenizer.decode(cut));
      assertEquals("\uFFFD\uFFFD", stream(tokenizer, cut));
    }
  }

  @Test
  void addedTokensThatAreNotSpecialKeepTheirIdsAndWorkInValues() throws IOException {
    ObjectNode root = characters(METASPACE_FIRST, LLAMA2_DECODER);
    ArrayNode added = (ArrayNode) root.get("added_tokens");
    int next = root.get("model").get("vocab").size();
    addToken(added, next, "<|end|>", true);
    addToken(added, next + 1, "<tool>", false);
    try (Tokenizer tokenizer = open(root)) {
      assertEquals(next + 2, tokenizer.size());
      int[] ids = tokenizer.encode(List.of(value("<tool>a<|end|>")));
      assertTrue(Arrays.stream(ids).anyMatch(id -> id == next + 1), Arrays.toString(ids));
      assertTrue(Arrays.stream(ids).noneMatch(id -> id == next));
      assertEquals("<tool>a<|end|>", tokenizer.decode(ids).stripLeading());
      assertArrayEquals(new int[] {next}, tokenizer.encode(List.of(literal("<|end|>"))));
    }
  }

  @Test
  void flagsOfSpecialTokensAreHonoured() throws IOException {
    ObjectNode root = characters(METASPACE_FIRST, LLAMA2_DECODER);
    ArrayNode added = (ArrayNode) root.get("added_tokens");
    int next = root.get("model").get("vocab").size();
    addToken(added, next, "<mask>", true).put("lstrip", true).put("rstrip", true);
    addToken(added, next + 1, "word", true).put("single_word", true);
    try (Tokenizer tokenizer = open(root)) {
      int[] tight = tokenizer.encode(List.of(literal("a<mask>b")));
      assertArrayEquals(tight, tokenizer.encode(List.of(literal("a \n<mask> "), value(" b"))));
      assertTrue(ids(tokenizer, "a word b").contains(next + 1));
      assertTrue(ids(tokenizer, "word").contains(next + 1));
      assertTrue(!ids(tokenizer, "awordb").contains(next + 1));
    }
  }

  private static List<Integer> ids(Tokenizer tokenizer, String text) {
    return Arrays.stream(tokenizer.encode(List.of(literal(text)))).boxed().toList();
  }

  @Test
  void longestSpecialTokenWins() throws IOException {
    ObjectNode root = characters(METASPACE_FIRST, LLAMA2_DECODER);
    ArrayNode added = (ArrayNode) root.get("added_tokens");
    int next = root.get("model").get("vocab").size();
    addToken(added, next, "<a>", true);
    addToken(added, next + 1, "<a><b>", true);
    try (Tokenizer tokenizer = open(root)) {
      assertArrayEquals(
          new int[] {next + 1}, tokenizer.encode(List.of(literal("<a"), literal("><b>"))));
    }
  }

  @Test
  void unknownDecodersAreNamed() throws IOException {
    ObjectNode root = characters(METASPACE_FIRST, "{\"type\": \"WordPiece\", \"prefix\": \"##\"}");
    var error = assertThrows(EngineException.class, () -> open(root));
    assertTrue(error.getMessage().contains("WordPiece"), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"model\": {}}", "{\"model\": {\"vocab\": {\"a\": 0}}}"})
  void damagedJsonNamesFileAndRemedy(String text) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), text);
    var error = assertThrows(EngineException.class, () -> TokenizerLoader.open(folder));
    assertTrue(error.getMessage().contains("tokenizer.json"), error.getMessage());
  }

  @Test
  void damagedSentencePieceModelsNameFileAndRemedy() throws IOException {
    byte[] whole = Files.readAllBytes(Folders.sentencePiece().resolve("tokenizer.model"));
    for (byte[] bytes :
        List.of(new byte[0], new byte[] {1, 2, 3, 4}, Arrays.copyOf(whole, whole.length / 2 + 1))) {
      Files.write(folder.resolve("tokenizer.model"), bytes);
      var error = assertThrows(EngineException.class, () -> TokenizerLoader.open(folder));
      assertTrue(error.getMessage().contains("tokenizer.model"), error.getMessage());
      assertTrue(error.getMessage().contains("fetch the file again"), error.getMessage());
    }
  }

  @Test
  void folderWithoutTokenizerIsEmpty() {
    assertTrue(TokenizerLoader.open(folder).isEmpty());
  }

  @Test
  void declaredControlSymbolsAreRecognisedInTrustedText() throws IOException {
    Files.copy(
        Folders.sentencePiece().resolve("tokenizer.model"), folder.resolve("tokenizer.model"));
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"bos_token\": \"<s>\", \"eos_token\": {\"content\": \"</s>\"}, \"sep_token\": \"<|end_of_sentence|>\"}");
    Files.writeString(folder.resolve("added_tokens.json"), "{\"<extra>\": 1200}");
    try (Tokenizer tokenizer = TokenizerLoader.open(folder).orElseThrow()) {
      assertEquals(1201, tokenizer.size());
      assertArrayEquals(
          new int[] {1, 1110, 2, 4, 1200},
          tokenizer.encode(List.of(literal("<s>a</s><|end_of_sentence|><extra>"))));
      assertEquals("a<extra>", tokenizer.decode(new int[] {1, 1110, 2, 4, 1200}));
      int[] plain = tokenizer.encode(List.of(value("<s><extra>")));
      assertTrue(Arrays.stream(plain).noneMatch(id -> id == 1 || id == 1200));
    }
  }

  @Test
  void dummyPrefixComesBeforeThePromptOnlyAndGoesWhenDecoding() throws IOException {
    byte[] model = Files.readAllBytes(Folders.sentencePiece().resolve("tokenizer.model"));
    byte[] prefix = ProtoFields.message(3, ProtoFields.varint(3, 1)); // merged: add_dummy_prefix
    byte[] changed = Arrays.copyOf(model, model.length + prefix.length);
    System.arraycopy(prefix, 0, changed, model.length, prefix.length);
    Files.write(folder.resolve("tokenizer.model"), changed);
    try (Tokenizer plain = TokenizerLoader.open(Folders.sentencePiece()).orElseThrow();
        Tokenizer prefixed = TokenizerLoader.open(folder).orElseThrow()) {
      int[] ids = prefixed.encode(List.of(literal("hello")));
      assertArrayEquals(plain.encode(List.of(literal(" hello"))), ids);
      assertEquals("hello", prefixed.decode(ids));
      assertEquals("hello", stream(prefixed, ids));
      assertEquals("  hello", prefixed.decode(prefixed.encode(List.of(literal("  hello")))));
      assertArrayEquals(
          plain.encode(List.of(literal("<think>hello"))),
          prefixed.encode(List.of(literal("<think>hello"))));
    }
  }

  @Test
  void cutsMakeNoDifference() {
    Random random = new Random(7);
    List<String> words =
        List.of(
            "the ",
            "stand",
            "ing",
            " 42",
            "\n\n",
            "日本",
            "😀",
            "é",
            "<|im_end|>",
            "<think>",
            "</s>",
            "\t",
            "  ",
            "\u0301",
            "\0",
            "'s",
            "▁");
    for (Path model : List.of(Folders.embeddedModel(), Folders.sentencePiece())) {
      try (Tokenizer tokenizer = TokenizerLoader.open(model).orElseThrow()) {
        for (int round = 0; round < 300; round++) {
          StringBuilder text = new StringBuilder();
          for (int i = random.nextInt(12); i >= 0; i--) {
            text.append(words.get(random.nextInt(words.size())));
          }
          boolean trusted = random.nextBoolean();
          int[] whole = tokenizer.encode(List.of(new PromptPart(text.toString(), trusted)));
          assertArrayEquals(
              whole, tokenizer.encode(cut(text.toString(), trusted, random)), text.toString());
          assertEquals(tokenizer.decode(whole), stream(tokenizer, whole));
          if (!trusted) {
            assertEquals(
                text.toString().replace('▁', ' '), tokenizer.decode(whole).replace('▁', ' '));
          }
        }
      }
    }
  }

  private static List<PromptPart> cut(String text, boolean trusted, Random random) {
    List<PromptPart> parts = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = start + random.nextInt(text.length() - start + 1);
      parts.add(new PromptPart(text.substring(start, end), trusted));
      start = end;
    }
    return parts;
  }

  @Test
  void randomIdsStreamAsTheyDecode() {
    Random random = new Random(11);
    for (Path model : List.of(Folders.embeddedModel(), Folders.sentencePiece())) {
      try (Tokenizer tokenizer = TokenizerLoader.open(model).orElseThrow()) {
        for (int round = 0; round < 500; round++) {
          int[] ids = random.ints(20, 0, Math.min(tokenizer.size(), 300)).toArray();
          assertEquals(tokenizer.decode(ids), stream(tokenizer, ids));
        }
      }
    }
  }
}
