package dev.quern.executor.engine;

import dev.quern.executor.tokenizer.ChatTemplates;
import dev.quern.executor.tokenizer.Tokenizer;
import dev.quern.executor.tokenizer.TokenizerLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Measures what a row costs to encode: 40 tokens behind an instruction of 300, for each folder of a
 * tokenizer that is given, as one string and behind the shared head, by one thread and by two. Run
 * it by hand.
 */
final class EncodeCost {
  private static final int ROWS = 2000;
  private static final int ROUNDS = 7;
  private static final List<String> WORDS =
      "the film was made by a director who likes rows of tokens and the story of this model is long, or not: see 1984, page 42."
          .transform(text -> List.of(text.split(" ")));

  private EncodeCost() {}

  public static void main(String[] folders) {
    for (String folder : folders) {
      try (Tokenizer tokenizer = TokenizerLoader.open(Path.of(folder)).orElseThrow()) {
        var encoder =
            new PromptEncoder(
                folder,
                Optional.of(tokenizer),
                ChatTemplates.open(Path.of(folder)),
                tokenizer.size());
        Random random = new Random(3);
        List<PromptPart> head = List.of(PromptPart.literal(text(encoder, random, 300) + "\n\n"));
        List<PromptRow> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
          var tail = List.of(PromptPart.value(text(encoder, random, 40)));
          rows.add(new PromptRow(new Prompt.Text(tail), GenerateOptions.DEFAULT, 0));
        }
        System.out.printf(
            "%s: %.1f us a row as one string, %.1f behind the head, %.1f by two threads; a new head %.1f us%n",
            folder,
            median(rows.size(), () -> rows.forEach(row -> encoder.encode(head, row))),
            median(rows.size(), () -> rows.forEach(row -> encoder.encodeBehindHead(head, row))),
            median(
                rows.size(),
                () -> rows.parallelStream().forEach(row -> encoder.encodeBehindHead(head, row))),
            median(200, () -> heads(encoder, head, rows.getFirst())));
      }
    }
  }

  private static String text(PromptEncoder encoder, Random random, int tokens) {
    StringBuilder text = new StringBuilder();
    while (encoder.count(text.toString()) < tokens) {
      text.append(text.isEmpty() ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
    }
    return text.toString();
  }

  /** One row each behind 200 heads, none of which is known. */
  private static void heads(PromptEncoder encoder, List<PromptPart> head, PromptRow row) {
    for (int i = 0; i < 200; i++) {
      encoder.encodeBehindHead(
          List.of(head.getFirst(), PromptPart.literal(Integer.toString(i))), row);
    }
  }

  /** Microseconds for each of {@code count}: the median of the rounds but for the first two. */
  private static double median(int count, Runnable work) {
    List<Double> rounds = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      work.run();
      if (round >= 2) {
        rounds.add((System.nanoTime() - start) / 1e3 / count);
      }
    }
    return rounds.stream().sorted().toList().get(rounds.size() / 2);
  }
}
