package dev.quern.sql.run;

import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.PromptPart;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The answers of one query by prompt and options, so that equal prompts run once. Bounded: when it
 * holds too many bytes, the answers unused for longest are forgotten and would run again.
 */
final class AnswerMemo {
  /** An eighth of the heap: windows of rows, sorts and joins need the rest. */
  private static final long MOST_BYTES = Runtime.getRuntime().maxMemory() / 8;

  /** Bytes of an entry without texts: map entry, key, parts, answer, its end and usage. */
  private static final int ENTRY_BYTES = 400;

  /**
   * What makes two calls the same.
   *
   * @param prompt the parts, neighbours of one origin joined: how a query is written does not
   *     matter
   */
  record Key(Optional<String> model, List<PromptPart> prompt, GenerateOptions options) {
    static Key of(Optional<String> model, List<PromptPart> prompt, GenerateOptions options) {
      List<PromptPart> joined = new ArrayList<>(prompt.size());
      for (PromptPart part : prompt) {
        if (!joined.isEmpty() && joined.getLast().trusted() == part.trusted()) {
          PromptPart last = joined.removeLast();
          joined.add(new PromptPart(last.text() + part.text(), part.trusted()));
        } else if (!part.text().isEmpty()) {
          joined.add(part);
        }
      }
      return new Key(model, List.copyOf(joined), options);
    }

    private long bytes() {
      long characters = 0;
      for (PromptPart part : prompt) {
        characters += part.text().length();
      }
      return ENTRY_BYTES + textBytes(characters);
    }
  }

  private final Map<Key, Answer> answers = new LinkedHashMap<>(16, 0.75f, true);
  private final long mostBytes;
  private long bytes;

  AnswerMemo() {
    this(MOST_BYTES);
  }

  AnswerMemo(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Most that a text of so many characters takes. */
  static long textBytes(long characters) {
    return 2 * characters;
  }

  /** The answer of such a call, done or under way; null where there is none. */
  Answer get(Key key) {
    return answers.get(key);
  }

  /** Bytes held, about: texts and an estimate of the objects around them. */
  long bytes() {
    return bytes;
  }

  void put(Key key, Answer answer) {
    answers.put(key, answer);
    bytes += key.bytes();
    // What is under way is not evicted, so it is held still when it ends.
    answer.whenDone(characters -> bytes += textBytes(characters));
    evict();
  }

  private void evict() {
    Iterator<Map.Entry<Key, Answer>> eldest = answers.entrySet().iterator();
    while (bytes > mostBytes && eldest.hasNext()) {
      Map.Entry<Key, Answer> entry = eldest.next();
      if (entry.getValue().isDone()) {
        bytes -= entry.getKey().bytes() + textBytes(entry.getValue().characters());
        eldest.remove();
      }
    }
  }

  /** Forgets a call that was given up before it ended. */
  void remove(Key key) {
    if (answers.remove(key) != null) {
      bytes -= key.bytes();
    }
  }
}
