package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.PromptPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Texts that are awkward to cut, in parts whose borders stand anywhere. */
public final class RandomTexts {
  private static final List<String> PIECES =
      List.of(
          "the ",
          "stand",
          "ing",
          " of",
          "a",
          "don",
          "'",
          "'s",
          "'re",
          "'LL ",
          " 42",
          "7",
          "123456",
          "\u0664\u0665",
          "\u00bd",
          " ",
          "  ",
          "     ",
          "\n",
          "\n\n",
          "\r\n",
          " \n ",
          "\t",
          "\u00a0",
          "\u3000",
          "\u2003",
          "\u0085",
          ".",
          ", ",
          ": ",
          "?!",
          "--",
          "(",
          ")\n",
          "{\"a\": ",
          "`",
          "$",
          "<",
          ">",
          "|",
          "<|",
          "|>",
          "im_",
          "end",
          "\u65e5\u672c",
          "\u8a9e\u3002",
          "\uff0c",
          "\u3042",
          "\uac00",
          "\ud83d\ude00",
          "\ud83d\udc69\u200d\ud83d\udc69",
          "\u00e9",
          "e\u0301",
          "\u0301",
          "\u0416",
          "\u017f",
          "\0",
          "\u2581",
          "\u2581the",
          "<|im_end|>",
          "<|im_start|>",
          "<think>",
          "</s>",
          "<s>",
          "<mask>",
          "<a>",
          "<b>",
          "<a><b>",
          "word",
          "<tool>",
          "<|end|>",
          "<0x0A>",
          "an instruction with words that are long enough to be cut, and more ");

  private RandomTexts() {}

  /** Text of up to {@code pieces} pieces; now and then it ends inside of one, or of a character. */
  public static String text(Random random, int pieces) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(pieces + 1); i > 0; i--) {
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      text.append(
          piece, 0, random.nextInt(5) > 0 ? piece.length() : random.nextInt(piece.length()));
    }
    return text.toString();
  }

  /** The text in parts, trusted or not, some of them empty. */
  public static List<PromptPart> parts(String text, Random random) {
    int most = 1 + random.nextInt(4);
    int trusted = random.nextInt(4);
    List<PromptPart> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < most; i++) {
      int end = i == most - 1 ? text.length() : start + random.nextInt(text.length() - start + 1);
      parts.add(new PromptPart(text.substring(start, end), random.nextInt(3) < trusted));
      start = end;
    }
    return parts;
  }
}
