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
 * holds too many characters, the answers unused for longest are forgotten and would run again.
 */
final class AnswerMemo {
  private static final long MOST_CHARACTERS = 1L << 25;

  /**
   * What makes two calls the same.
   *
   * @param prompt the parts, neighbours of one origin joined: how a query is written does not
   *     matter
   */
  record Key(Optional<String> model, List<PromptPart> prompt, GenerateOptions options) {
    static Key of(Optional<String> model, List<PromptPart> prompt, GenerateOptions options) {
      List<PromptPart> joined = new ArrayList<>();
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

    private int characters() {
      return prompt.stream().mapToInt(part -> part.text().length()).sum();
    }
  }

  private final Map<Key, Answer> answers = new LinkedHashMap<>(16, 0.75f, true);
  private long characters;

  /** The answer of such a call, done or under way; null where there is none. */
  Answer get(Key key) {
    return answers.get(key);
  }

  void put(Key key, Answer answer) {
    answers.put(key, answer);
    characters += key.characters();
    Iterator<Map.Entry<Key, Answer>> eldest = answers.entrySet().iterator();
    while (characters > MOST_CHARACTERS && eldest.hasNext()) {
      Map.Entry<Key, Answer> entry = eldest.next();
      if (entry.getValue().isDone()) {
        characters -= entry.getKey().characters();
        eldest.remove();
      }
    }
  }

  /** Forgets a call that was given up before it ended. */
  void remove(Key key) {
    if (answers.remove(key) != null) {
      characters -= key.characters();
    }
  }
}
