package dev.quern.executor.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Tokens of the {@link ScriptedEngine}: words, numbered as they come. Safe for use by many threads.
 */
final class WordTokens implements PromptTokens {
  private static final KvRoom ROOM = new KvRoom(1 << 16, 16, 128, true);

  private final Map<String, Integer> ids = new HashMap<>();
  private final List<String> words = new ArrayList<>();

  @Override
  public int[] ids(List<PromptPart> head, PromptRow row) {
    if (row.prompt() instanceof Prompt.Tokens(List<Integer> given)) {
      return given.stream().mapToInt(id -> id).toArray();
    }
    return ScriptedEngine.split(ScriptedEngine.text(head, row)).stream()
        .mapToInt(this::id)
        .toArray();
  }

  /** The word's id. */
  synchronized int id(String word) {
    return ids.computeIfAbsent(
        word,
        w -> {
          words.add(w);
          return ids.size();
        });
  }

  /** An id that no word has yet is a word of its own. */
  private synchronized String word(int id) {
    return id >= 0 && id < words.size() ? words.get(id) : "<" + id + ">";
  }

  @Override
  public String text(List<PromptPart> head, PromptRow row) {
    return ScriptedEngine.text(head, row);
  }

  @Override
  public int count(String text) {
    return ScriptedEngine.split(text).size();
  }

  @Override
  public String text(List<Integer> tokenIds) {
    return String.join(" ", words(tokenIds));
  }

  List<String> words(List<Integer> tokenIds) {
    return tokenIds.stream().map(this::word).toList();
  }

  /**
   * Log-probabilities of words, made up: the k-th one has -(1 + k mod 4) / 4, and behind it come,
   * each less likely by 1, its first letters, from the whole word on.
   *
   * @param first place of the first of them in its text: a word in front has no space
   * @param top most likely tokens of a place
   */
  List<PositionLogprobs> logprobs(List<String> text, int first, int top) {
    return IntStream.range(first, text.size())
        .mapToObj(k -> {
          String word = text.get(k);
          double logprob = -(1 + k % 4) / 4.0;
          String space = k == 0 ? "" : " ";
          return new PositionLogprobs(
              entry(word, space, logprob),
              IntStream.range(0, Math.min(top, word.length()))
                  .mapToObj(i -> entry(word.substring(0, word.length() - i), space, logprob - i))
                  .toList());
        })
        .toList();
  }

  private TokenLogprob entry(String word, String space, double logprob) {
    String text = space + word;
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    List<Integer> bytes = IntStream.range(0, utf8.length).mapToObj(i -> utf8[i] & 0xFF).toList();
    return new TokenLogprob(id(word), text, bytes, logprob);
  }

  @Override
  public KvRoom room() {
    return ROOM;
  }

  @Override
  public void close() {}
}
