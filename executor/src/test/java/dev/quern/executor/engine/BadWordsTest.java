package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Banned ids over small vocabularies of texts. */
final class BadWordsTest {
  private static BadWords of(List<String> words, List<String> vocabulary) {
    return BadWords.of(
        words, vocabulary.stream().map(t -> t.getBytes(StandardCharsets.UTF_8)).toList());
  }

  private static Set<Integer> banned(BadWords words, int... answer) {
    Set<Integer> ids = new TreeSet<>();
    words.banned(answer, answer.length, ids::add);
    return ids;
  }

  /** Ids with which some last tokens of the answer and the id are the word, read off directly. */
  private static Set<Integer> byDefinition(String word, List<String> vocabulary, int... answer) {
    Set<Integer> ids = new TreeSet<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      String text = vocabulary.get(id);
      if (text.isEmpty()) {
        continue;
      }
      for (int from = answer.length; from >= 0; from--) {
        String spelled =
            String.join(
                    "",
                    IntStream.range(from, answer.length)
                        .mapToObj(i -> vocabulary.get(answer[i]))
                        .toList())
                + text;
        if (spelled.equals(word) || spelled.equals(" " + word)) {
          ids.add(id);
        }
      }
    }
    return ids;
  }

  @Test
  void bannedIsWhatWouldCompleteTheWord() {
    List<String> vocabulary = List.of("a", "b", "ab", "ba", " ", " a", "aab", "", "é");
    var random = new Random(4);
    int found = 0;
    for (int round = 0; round < 3000; round++) {
      var word = new StringBuilder();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        word.append("abé".charAt(random.nextInt(3)));
      }
      int[] answer = random.ints(random.nextInt(6), 0, vocabulary.size()).toArray();
      Set<Integer> expected = byDefinition(word.toString(), vocabulary, answer);
      assertEquals(
          expected, banned(of(List.of(word.toString()), vocabulary), answer), word::toString);
      found += expected.size();
    }
    assertTrue(found > 500, found + " bans");
  }

  /** What a token costs does not grow with the number of words that end otherwise. */
  @Test
  void onlyCutsBehindTheLastByteOfTheAnswerAreCompared() {
    List<String> vocabulary = new ArrayList<>(List.of("x", "yx"));
    List<String> words = new ArrayList<>();
    for (char c = 'a'; c < 'q'; c++) {
      vocabulary.add("" + c);
      words.add((c + "").repeat(200) + "x");
    }
    words.add("q".repeat(5000) + "x");
    BadWords bad = of(words, vocabulary);
    int a = vocabulary.indexOf("a");
    assertEquals(0, bad.compared(new int[0], 0));
    assertEquals(2, bad.compared(new int[] {0, a}, 2)); // as it is and behind a space
    assertEquals(0, bad.compared(new int[] {a, 0}, 2));
    int[] answer = IntStream.generate(() -> a).limit(200).toArray();
    assertEquals(Set.of(0), banned(bad, answer));
  }
}
