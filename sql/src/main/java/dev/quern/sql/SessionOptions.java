package dev.quern.sql;

import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.OptionValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * How a session runs its queries.
 *
 * @param engine options of the model used where a query names none
 * @param windowRows most rows that GENERATE works on at a time
 * @param seed seed of calls that give none
 * @param maxTokens budget of prompt and answer tokens a query
 * @param maxRows budget of rows a query that GENERATE answers
 * @param maxSeconds budget of seconds a query
 */
public record SessionOptions(
    EngineOptions engine,
    int windowRows,
    Optional<Long> seed,
    Optional<Long> maxTokens,
    Optional<Long> maxRows,
    Optional<Long> maxSeconds) {

  private static final List<String> OWN =
      List.of("window-rows", "seed", "max-tokens-budget", "max-rows-budget", "max-seconds-budget");

  public static final SessionOptions DEFAULT = parse(Map.of());

  /** Names of all options, for messages and metadata. */
  public static List<String> names() {
    List<String> names = new ArrayList<>(EngineOptions.NAMES);
    names.addAll(OWN);
    return names;
  }

  /**
   * @throws IllegalArgumentException for an unknown name or a value out of range
   */
  public static SessionOptions parse(Map<String, String> values) {
    var unknown = new TreeSet<>(values.keySet());
    names().forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown option " + unknown + "; valid: " + String.join(", ", names()));
    }
    Map<String, String> engine = new HashMap<>(values);
    Map<String, String> own = new HashMap<>(values);
    engine.keySet().removeAll(OWN);
    own.keySet().retainAll(OWN);
    return of(EngineOptions.parse(engine), own);
  }

  /** Names of the options that a session on a served engine has. */
  public static List<String> servedNames() {
    return OWN;
  }

  /**
   * Options of a session on an engine that runs already.
   *
   * @param values options of the session alone
   * @throws IllegalArgumentException for an option of the engine, an unknown name or a value out of
   *     range
   */
  public static SessionOptions served(EngineOptions engine, Map<String, String> values) {
    var others = new TreeSet<>(values.keySet());
    others.removeAll(OWN);
    if (others.isEmpty()) {
      return of(engine, values);
    }
    var fixed = new TreeSet<>(others);
    fixed.retainAll(EngineOptions.NAMES);
    throw new IllegalArgumentException(
        fixed.isEmpty()
            ? "unknown option " + others + "; valid: " + String.join(", ", OWN)
            : "options "
                + fixed
                + " are the server's, whose engine runs already; leave them out; valid: "
                + String.join(", ", OWN));
  }

  private static SessionOptions of(EngineOptions engine, Map<String, String> own) {
    var v = new OptionValues(own);
    return new SessionOptions(
        engine,
        v.integer("window-rows", 1, 1 << 24).orElse(4096),
        v.number("seed", Long.MIN_VALUE, Long.MAX_VALUE),
        v.number("max-tokens-budget", 1, Long.MAX_VALUE),
        v.number("max-rows-budget", 1, Long.MAX_VALUE),
        v.number("max-seconds-budget", 1, Integer.MAX_VALUE));
  }
}
