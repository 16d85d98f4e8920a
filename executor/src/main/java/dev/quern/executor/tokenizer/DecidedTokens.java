package dev.quern.executor.tokenizer;

import dev.quern.executor.tokenizer.SpecialTokens.Match;
import java.util.ArrayList;
import java.util.List;

/**
 * The special tokens of a prompt's beginning that stand whatever follows. A token is not decided
 * yet where a longer one could still begin at its place, or where it depends on the character
 * behind it and that is not there.
 *
 * @param matches those tokens, in order; every other one begins behind them
 * @param limit end of the text that belongs in any case to what stands behind the last of them and
 *     before the next one
 */
record DecidedTokens(List<Match> matches, int limit) {
  static DecidedTokens of(SpecialTokens tokens, PromptText head) {
    String text = head.text();
    List<Match> matches = new ArrayList<>();
    int done = 0;
    int limit = text.length();
    for (PromptText.Run run : head.trusted()) {
      boolean open = head.open() && run.end() == text.length();
      var match = tokens.find(text, Math.max(run.start(), done), run.end());
      while (match.isPresent()) {
        int begun = open ? tokens.begun(text, Math.max(run.start(), done)) : text.length();
        if (match.get().start() >= begun || needsMore(match.get(), text)) {
          break;
        }
        matches.add(match.get());
        done = behind(match.get(), text);
        match = tokens.find(text, Math.min(done, run.end()), run.end());
      }
      if (open) {
        limit = Math.min(limit, tokens.begun(text, Math.max(run.start(), done)));
      }
      if (match.isPresent()) {
        limit = Math.min(limit, match.get().start());
        break;
      }
    }
    return new DecidedTokens(
        matches, tokens.stripLeft() ? WhiteSpace.before(text, limit, done) : limit);
  }

  private static boolean needsMore(Match match, String text) {
    SpecialToken token = match.token();
    return (token.singleWord() || token.stripRight()) && behind(match, text) == text.length();
  }

  private static int behind(Match match, String text) {
    return match.token().stripRight() ? WhiteSpace.after(text, match.end()) : match.end();
  }
}
