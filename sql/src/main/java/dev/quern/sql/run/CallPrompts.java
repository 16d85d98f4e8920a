package dev.quern.sql.run;

import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.engine.PromptRow;
import dev.quern.planner.CallOptions;
import dev.quern.planner.GenerateCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The prompts of one call as they would run, for those who only count them. */
public final class CallPrompts {
  private final CallRenderer call;

  public CallPrompts(GenerateCall call, QueryContext context) {
    this.call = new CallRenderer(call, context);
  }

  /**
   * A row's prompt.
   *
   * @param hash 64 bits of what makes it equal to another: model, text, options
   */
  public record Asked(List<PromptPart> head, PromptRow row, long hash) {
    /** Characters of the text. */
    public int characters() {
      return head.stream().mapToInt(p -> p.text().length()).sum()
          + (row.prompt() instanceof Prompt.Text(var parts)
              ? parts.stream().mapToInt(p -> p.text().length()).sum()
              : 0);
    }
  }

  /** The model that is asked; empty: the session's own. */
  public Optional<String> model() {
    return call.options().model();
  }

  /** Most tokens of an answer; one of given choices is decided by its first, nearly always. */
  public int maxTokens() {
    return call.options().engine().choices().isPresent() ? 1 : call.options().engine().maxTokens();
  }

  /** Chooses the order of fields for rows whose prompts will be asked for. */
  public void window(List<Object[]> rows) {
    call.window(rows);
  }

  /** Whether the row's guard lets it ask. */
  public boolean wanted(Object[] row) {
    return call.wanted(row);
  }

  /** The prompt of a row that asks; empty where a part is NULL. */
  public Optional<Asked> prompt(Object[] row) {
    return call.tail(row)
        .map(tail -> {
          CallOptions options = call.options(row);
          List<PromptPart> whole = new ArrayList<>(call.head());
          whole.addAll(tail);
          return new Asked(
              call.head(),
              new PromptRow(new Prompt.Text(tail), options.engine(), 0),
              hash(AnswerMemo.Key.of(options.model(), whole, options.engine())));
        });
  }

  private static long hash(AnswerMemo.Key key) {
    long h = key.options().hashCode() * 31L + key.model().hashCode();
    for (PromptPart part : key.prompt()) {
      h = mix(h + (part.trusted() ? 1 : 2));
      String text = part.text();
      for (int i = 0; i < text.length(); i++) {
        h = (h ^ text.charAt(i)) * 0x100000001B3L;
        h ^= h >>> 29;
      }
    }
    return mix(h);
  }

  /** The end of SplitMix64: spreads what differs over all bits. */
  private static long mix(long value) {
    long h = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    h = (h ^ (h >>> 27)) * 0x94D049BB133111EBL;
    return h ^ (h >>> 31);
  }
}
