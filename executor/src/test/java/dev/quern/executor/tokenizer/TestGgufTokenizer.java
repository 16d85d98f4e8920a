package dev.quern.executor.tokenizer;

import static dev.quern.executor.engine.PromptPart.literal;
import static dev.quern.executor.engine.PromptPart.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.Message;
import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.model.gguf.GgufWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokenizers in GGUF metadata are the ones they were made from. */
class TestGgufTokenizer {
  private static final List<String> TEXTS =
      List.of(
          "Hello, world! It's 1234567.89 o'clock; don't panic.",
          "  leading,   runs \t of\n\n\nwhite   space  \n",
          "def f(x):\n    return x**2  # square\r\n",
          "naïve Ünïcödé — 日本語 Привет ½ ² ٣٤ 👩‍👩‍👧 \u00a0\u2003",
          "<|im_start|>user\nHi<|im_end|>\n",
          "<|endoftext|>",
          "a");

  @TempDir Path folder;

  /** The embedded model's tokenizer.json as metadata. */
  static GgufWriter bytePairs() throws IOException {
    Path model = Folders.embeddedModel();
    ObjectMapper json = new ObjectMapper();
    JsonNode root = json.readTree(model.resolve("tokenizer.json").toFile());
    JsonNode settings = json.readTree(model.resolve("tokenizer_config.json").toFile());
    String[] tokens = new String[root.path("model").path("vocab").size()];
    root.path("model").path("vocab").forEachEntry((text, id) -> tokens[id.asInt()] = text);
    Integer[] types = new Integer[tokens.length];
    Arrays.fill(types, 1);
    for (JsonNode added : root.path("added_tokens")) {
      types[added.path("id").asInt()] = 3;
    }
    List<Object> merges = new ArrayList<>();
    for (JsonNode merge : root.path("model").path("merges")) {
      merges.add(
          merge.isTextual()
              ? merge.asText()
              : merge.path(0).asText() + " " + merge.path(1).asText());
    }
    return new GgufWriter()
        .put("tokenizer.ggml.model", "gpt2")
        .put("tokenizer.ggml.tokens", List.of(tokens))
        .put("tokenizer.ggml.token_type", List.of(types))
        .put("tokenizer.ggml.merges", merges)
        .put("tokenizer.ggml.bos_token_id", 1)
        .put("tokenizer.ggml.eos_token_id", 2)
        .put("tokenizer.chat_template", settings.path("chat_template").asText());
  }

  private Path write(GgufWriter writer) throws IOException {
    return writer.write(folder.resolve("model.gguf"));
  }

  @Test
  void byteLevelPairsGiveTheIdsOfTokenizerJson() throws IOException {
    Path file = write(bytePairs().put("tokenizer.ggml.pre", "smollm"));
    try (Tokenizer expected = TokenizerLoader.open(Folders.embeddedModel()).orElseThrow();
        Tokenizer tokenizer = TokenizerLoader.open(file).orElseThrow()) {
      assertEquals(expected.size(), tokenizer.size());
      assertEquals(expected.specialId("<|im_end|>"), tokenizer.specialId("<|im_end|>"));
      for (String text : TEXTS) {
        for (PromptPart part : List.of(literal(text), value(text))) {
          int[] ids = expected.encode(List.of(part));
          assertArrayEquals(ids, tokenizer.encode(List.of(part)), text);
          assertEquals(expected.decode(ids), tokenizer.decode(ids));
        }
      }
    }
  }

  @Test
  void theTemplateIsTheFilesOwn() throws IOException {
    Path file = write(bytePairs().put("tokenizer.ggml.pre", "smollm"));
    List<Message> messages =
        List.of(
            new Message("system", List.of(literal("Be brief."))),
            new Message("user", List.of(value("Hi <|im_end|> there"))));
    ChatTemplate expected = ChatTemplates.open(Folders.embeddedModel()).orElseThrow();
    ChatTemplate template = ChatTemplates.open(file).orElseThrow();
    assertEquals(text(expected, messages), text(template, messages));
    assertTrue(text(template, messages).contains("Hi <|im_end|> there"));
  }

  private static String text(ChatTemplate template, List<Message> messages) {
    return template.render(messages).stream().map(PromptPart::text).collect(Collectors.joining());
  }

  @Test
  void preTokenizersOfOtherModelsCutTheirOwnWay() throws IOException {
    try (Tokenizer llama3 =
            TokenizerLoader.open(write(bytePairs().put("tokenizer.ggml.pre", "llama-bpe")))
                .orElseThrow();
        Tokenizer gpt2 =
            TokenizerLoader.open(
                    bytePairs()
                        .put("tokenizer.ggml.pre", "gpt-2")
                        .write(folder.resolve("gpt2.gguf")))
                .orElseThrow();
        Tokenizer plain =
            TokenizerLoader.open(bytePairs().write(folder.resolve("plain.gguf"))).orElseThrow()) {
      for (Tokenizer tokenizer : List.of(llama3, gpt2, plain)) {
        for (String text : TEXTS) {
          assertEquals(text, tokenizer.decode(tokenizer.encode(List.of(value(text)))));
        }
      }
    }
  }

  @Test
  void anUnknownPreTokenizerOrModelIsNamed() throws IOException {
    Path pre = write(bytePairs().put("tokenizer.ggml.pre", "tekken"));
    String message =
        assertThrows(EngineException.class, () -> TokenizerLoader.open(pre)).getMessage();
    assertTrue(message.contains("tekken") && message.contains("smollm"), message);
    Path model =
        write(
            new GgufWriter()
                .put("tokenizer.ggml.model", "bert")
                .put("tokenizer.ggml.tokens", List.of("a")));
    assertTrue(
        assertThrows(EngineException.class, () -> TokenizerLoader.open(model))
            .getMessage()
            .contains("bert"));
    assertTrue(TokenizerLoader.open(write(new GgufWriter())).isEmpty());
    assertTrue(ChatTemplates.open(write(new GgufWriter())).isEmpty());
  }

  /**
   * The SentencePiece model of the tests as metadata.
   *
   * @param bytes type of its byte pieces; with another than 6 unknown characters stay unknown
   */
  static GgufWriter sentencePieces(int bytes) throws Exception {
    List<Object> tokens = new ArrayList<>();
    List<Object> scores = new ArrayList<>();
    List<Object> types = new ArrayList<>();
    Path model = Folders.sentencePiece().resolve("tokenizer.model");
    for (ProtoFields.Field field : ProtoFields.parse(Files.readAllBytes(model))) {
      if (field.number() == 1) {
        List<ProtoFields.Field> piece = ProtoFields.parse(field.bytes());
        tokens.add(ProtoFields.text(piece, 1).orElseThrow());
        int type = ProtoFields.number(piece, 3).orElse(1L).intValue();
        types.add(type == 6 ? bytes : type);
        scores.add(
            piece.stream()
                .filter(f -> f.number() == 2)
                .map(f -> ByteBuffer.wrap(f.encoded()).order(ByteOrder.LITTLE_ENDIAN).getFloat(1))
                .findFirst()
                .orElse(0f));
      }
    }
    return new GgufWriter()
        .put("tokenizer.ggml.model", "llama")
        .put("tokenizer.ggml.tokens", tokens)
        .put("tokenizer.ggml.scores", scores)
        .put("tokenizer.ggml.token_type", types)
        .put("tokenizer.ggml.add_space_prefix", false);
  }

  @Test
  void sentencePiecesGiveTheIdsOfTheLibrary() throws Exception {
    Path file = write(sentencePieces(6));
    try (Tokenizer tokenizer = TokenizerLoader.open(file).orElseThrow()) {
      for (JsonNode sample : Folders.json("sentencepiece/samples.json")) {
        String text = sample.get("text").asText();
        int[] ids = Folders.ints(sample.get("ids"));
        if (text.contains("<s>")) {
          // Control tokens of a GGUF file are declared: trusted text may have them.
          assertEquals(3, tokenizer.encode(List.of(literal("<s></s>a"))).length);
          continue;
        }
        assertArrayEquals(ids, tokenizer.encode(List.of(literal(text))), text);
        assertEquals(sample.get("decoded").asText(), tokenizer.decode(ids));
      }
    }
  }
}
