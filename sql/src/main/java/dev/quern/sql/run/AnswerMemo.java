package dev.quern.sql.run;

import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.PromptPart;
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

  /** What makes two calls the same. */
  record Key(Optional<String> model, List<PromptPart> prompt, GenerateOptions options) {
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
