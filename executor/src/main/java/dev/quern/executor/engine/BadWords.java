package dev.quern.executor.engine;

import dev.quern.executor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Texts that whole tokens may not spell. For each text and each place where it may be cut: the ids
 * that are all that stands behind the cut, and so complete the text where the tokens before spell
 * what stands in front. Immutable.
 */
final class BadWords {
  /** None. */
  static final BadWords NONE = new BadWords(List.of(), List.of());

  private static final byte[] NO_TEXT = {};

  /** Tokens that complete a text once its first {@code before} bytes are there. */
  private record Ending(byte[] text, int before, int[] ids) {}

  /** Those that need nothing in front. */
  private final List<Ending> whole;

  /** The others, by the last byte in front of the cut. */
  private final Map<Byte, List<Ending>> behind;

  private final List<byte[]> bytes;

  private BadWords(List<Ending> endings, List<byte[]> bytes) {
    whole = endings.stream().filter(e -> e.before() == 0).toList();
    behind =
        endings.stream()
            .filter(e -> e.before() > 0)
            .collect(Collectors.groupingBy(e -> e.text()[e.before() - 1]));
    this.bytes = bytes;
  }

  /** Looks each text up in the whole vocabulary, as it is and behind a space. */
  static BadWords of(List<String> words, Tokenizer tokenizer) {
    return of(words, IntStream.range(0, tokenizer.size()).mapToObj(tokenizer::bytes).toList());
  }

  /** The same for a vocabulary of these tokens. */
  static BadWords of(List<String> words, List<byte[]> bytes) {
    List<Ending> endings = new ArrayList<>();
    for (String word : words) {
      String bare = word.stripLeading();
      for (String form : List.of(bare, " " + bare)) {
        addEndings(form.getBytes(StandardCharsets.UTF_8), bytes, endings);
      }
    }
    return new BadWords(List.copyOf(endings), bytes);
  }

  private static void addEndings(byte[] form, List<byte[]> bytes, List<Ending> endings) {
    // Of the cuts only those that a token reaches from the end.
    Map<Integer, IntStream.Builder> completing = new TreeMap<>();
    for (int id = 0; id < bytes.size(); id++) {
      int cut = form.length - bytes.get(id).length;
      if (cut >= 0 && cut < form.length && endsWith(form, form.length, bytes.get(id))) {
        completing.computeIfAbsent(cut, _ -> IntStream.builder()).add(id);
      }
    }
    completing.forEach((cut, ids) -> endings.add(new Ending(form, cut, ids.build().toArray())));
  }

  private static boolean endsWith(byte[] text, int length, byte[] end) {
    int from = length - end.length;
    return from >= 0 && Arrays.equals(text, from, length, end, 0, end.length);
  }

  /**
   * Gives the ids that would complete a text; some may come twice.
   *
   * @param answer ids so far, the first {@code length} count
   */
  void banned(int[] answer, int length, IntConsumer ids) {
    whole.forEach(ending -> IntStream.of(ending.ids()).forEach(ids));
    for (Ending ending : candidates(answer, length)) {
      if (spelled(ending, answer, length)) {
        IntStream.of(ending.ids()).forEach(ids);
      }
    }
  }

  /** How many cuts have to be compared with the answer. */
  int compared(int[] answer, int length) {
    return candidates(answer, length).size();
  }

  /** Of the cuts inside of a text, those behind the byte that the answer ends with. */
  private List<Ending> candidates(int[] answer, int length) {
    for (int i = length - 1; i >= 0; i--) {
      byte[] token = bytes(answer[i]);
      if (token.length > 0) {
        return behind.getOrDefault(token[token.length - 1], List.of());
      }
    }
    return List.of();
  }

  /** Whether the last tokens, from the first byte of one of them on, spell the text. */
  private boolean spelled(Ending ending, int[] answer, int length) {
    int left = ending.before();
    for (int i = length - 1; left > 0 && i >= 0; i--) {
      byte[] token = bytes(answer[i]);
      if (!endsWith(ending.text(), left, token)) {
        return false;
      }
      left -= token.length;
    }
    return left == 0;
  }

  private byte[] bytes(int id) {
    return id < bytes.size() ? bytes.get(id) : NO_TEXT;
  }
}
