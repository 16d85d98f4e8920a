package dev.quern.executor.engine;

import dev.quern.executor.tokenizer.ChatTemplate;
import dev.quern.executor.tokenizer.OpenPrompt;
import dev.quern.executor.tokenizer.Tokenizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Renders and tokenizes once what stands before the rows' own text: the template, the system
 * message and the batch's head. The last ones used are kept, since each window of a query brings
 * its head again. Safe for use by many threads.
 */
final class SharedHeads {
  private static final int KEPT = 16;

  /** All that decides what stands before a row's own text. */
  private record Key(List<PromptPart> head, Optional<PromptPart> system, boolean chat) {}

  /** A head in ids, and what a row's own text becomes behind it. */
  private record Shared(Tokenizer.Head head, UnaryOperator<List<PromptPart>> rest) {}

  private final Tokenizer tokenizer;
  private final Optional<ChatTemplate> template;
  private final Map<Key, Optional<Shared>> known = new LinkedHashMap<>(KEPT, 0.75f, true);

  SharedHeads(Tokenizer tokenizer, Optional<ChatTemplate> template) {
    this.tokenizer = tokenizer;
    this.template = template;
  }

  /**
   * Ids of the row behind the head, or empty where nothing can be known of its prompt before all of
   * it is: then, and for every error but one of the row's own text, the whole string says what
   * holds.
   */
  Optional<int[]> encode(List<PromptPart> head, List<PromptPart> tail, GenerateOptions options) {
    return shared(new Key(head, options.system(), options.chat()))
        .map(shared -> shared.head().encode(shared.rest().apply(tail)));
  }

  private Optional<Shared> shared(Key key) {
    synchronized (known) {
      Optional<Shared> found = known.get(key);
      if (found != null) {
        return found;
      }
    }
    Optional<Shared> made =
        open(key).map(open -> new Shared(tokenizer.head(open.head()), open.rest()));
    synchronized (known) {
      known.put(key, made);
      if (known.size() > KEPT) {
        known.remove(known.keySet().iterator().next()); // the one used longest ago
      }
    }
    return made;
  }

  private Optional<OpenPrompt> open(Key key) {
    if (key.chat() && template.isPresent()) {
      return template.get().open(PromptEncoder.conversation(key.system(), key.head()));
    }
    return key.system().isPresent() || key.head().isEmpty()
        ? Optional.empty()
        : Optional.of(new OpenPrompt(key.head(), tail -> tail));
  }
}
