package dev.quern.executor.engine;

import dev.quern.executor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Texts that whole tokens may not spell. For each text and each place where it may be cut: the ids
 * that are all that stands behind the cut, and so complete the text where the tokens before spell
 * what stands in front. Immutable.
 */
final class BadWords {
  /** None. */
  static final BadWords NONE = new BadWords(List.of(), List.of());

  /** Tokens that complete a text once its first bytes are there. */
  private record Ending(byte[] before, int[] ids) {}

  private final List<Ending> endings;
  private final List<byte[]> bytes;

  private BadWords(List<Ending> endings, List<byte[]> bytes) {
    this.endings = endings;
    this.bytes = bytes;
  }

  /** Looks each text up in the whole vocabulary, as it is and behind a space. */
  static BadWords of(List<String> words, Tokenizer tokenizer) {
    List<byte[]> bytes = IntStream.range(0, tokenizer.size()).mapToObj(tokenizer::bytes).toList();
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
    List<List<Integer>> behind = new ArrayList<>();
    for (int cut = 0; cut < form.length; cut++) {
      behind.add(new ArrayList<>());
    }
    for (int id = 0; id < bytes.size(); id++) {
      int cut = form.length - bytes.get(id).length;
      if (cut >= 0 && cut < form.length && endsWith(form, form.length, bytes.get(id))) {
        behind.get(cut).add(id);
      }
    }
    for (int cut = 0; cut < form.length; cut++) {
      if (!behind.get(cut).isEmpty()) {
        int[] ids = behind.get(cut).stream().mapToInt(id -> id).toArray();
        endings.add(new Ending(Arrays.copyOf(form, cut), ids));
      }
    }
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
    for (Ending ending : endings) {
      if (spelled(ending.before(), answer, length)) {
        IntStream.of(ending.ids()).forEach(ids);
      }
    }
  }

  /** Whether the last tokens, from the first byte of one of them on, spell the text. */
  private boolean spelled(byte[] text, int[] answer, int length) {
    int left = text.length;
    for (int i = length - 1; left > 0 && i >= 0; i--) {
      byte[] token = answer[i] < bytes.size() ? bytes.get(answer[i]) : new byte[0];
      if (!endsWith(text, left, token)) {
        return false;
      }
      left -= token.length;
    }
    return left == 0;
  }
}
