package dev.quern.executor.tokenizer;

import static dev.quern.executor.engine.PromptPart.literal;
import static dev.quern.executor.engine.PromptPart.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A tokenizer.model of ERNIE's kind against samples of the SentencePiece library. */
class TestSentencePieceTokenizer {
  private static final List<String> SYMBOLS =
      List.of(
          "<|begin_of_sentence|>",
          "<|end_of_sentence|>",
          "<mask:0>",
          "<think>",
          "</think>",
          "<response>",
          "</response>");
  private static Tokenizer tokenizer;

  @BeforeAll
  static void open() {
    tokenizer = TokenizerLoader.open(Folders.sentencePiece()).orElseThrow();
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void trustedSamplesHaveTheReferenceIds() {
    JsonNode samples = Folders.json("sentencepiece/samples.json");
    assertEquals(40, samples.size());
    for (JsonNode sample : samples) {
      String text = sample.get("text").asText();
      assertArrayEquals(
          Folders.ints(sample.get("ids")), tokenizer.encode(List.of(literal(text))), text);
    }
  }

  @Test
  void samplesDecodeAsTheReferenceDoesWholeAndStreamed() {
    for (JsonNode sample : Folders.json("sentencepiece/samples.json")) {
      int[] ids = Folders.ints(sample.get("ids"));
      String decoded = sample.get("decoded").asText();
      assertEquals(decoded, tokenizer.decode(ids));
      Tokenizer.StreamDecoder stream = tokenizer.streamDecoder();
      StringBuilder text = new StringBuilder();
      for (int id : ids) {
        text.append(stream.next(id));
      }
      assertEquals(decoded, text.append(stream.finish()).toString());
    }
  }

  @Test
  void valuesWithoutSymbolsHaveTheSameIds() {
    for (JsonNode sample : Folders.json("sentencepiece/samples.json")) {
      String text = sample.get("text").asText();
      if (SYMBOLS.stream().noneMatch(text::contains)) {
        assertArrayEquals(
            Folders.ints(sample.get("ids")), tokenizer.encode(List.of(value(text))), text);
      }
    }
  }

  @Test
  void symbolsInValuesArePlainText() {
    for (String symbol : SYMBOLS) {
      int id = tokenizer.specialId(symbol).orElseThrow();
      assertArrayEquals(new int[] {id}, tokenizer.encode(List.of(literal(symbol))));
      int[] plain = tokenizer.encode(List.of(value("x" + symbol + "y")));
      assertTrue(Arrays.stream(plain).noneMatch(i -> i == id), symbol);
      assertEquals("x" + symbol + "y", tokenizer.decode(plain));
    }
  }

  @Test
  void controlSymbolsHaveIdsAndNoText() {
    assertEquals(OptionalInt.of(1), tokenizer.specialId("<s>"));
    assertEquals(OptionalInt.of(2), tokenizer.specialId("</s>"));
    assertEquals("a", tokenizer.decode(new int[] {1, 1110, 2}));
    assertTrue(
        Arrays.stream(tokenizer.encode(List.of(value("<s>a</s>"))))
            .noneMatch(i -> i == 1 || i == 2));
  }

  @Test
  void sizeCountsEveryPiece() {
    assertEquals(1200, tokenizer.size());
  }
}
