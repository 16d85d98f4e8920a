package dev.quern.planner.function;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The arguments of GENERATE and GENERATE_DETAILS, in positional order. */
public enum Argument {
  PROMPT(Kind.TEXT, true),
  MAX_TOKENS(Kind.INTEGER, false),
  TEMPERATURE(Kind.NUMBER, false),
  TOP_P(Kind.NUMBER, false),
  TOP_K(Kind.INTEGER, false),
  MIN_P(Kind.NUMBER, false),
  REPETITION_PENALTY(Kind.NUMBER, false),
  PRESENCE_PENALTY(Kind.NUMBER, false),
  FREQUENCY_PENALTY(Kind.NUMBER, false),
  MIN_TOKENS(Kind.INTEGER, false),
  SEED(Kind.INTEGER, true),
  STOP(Kind.TEXTS, false),
  MODEL(Kind.TEXT, false),
  SYSTEM(Kind.TEXT, false),
  CHAT(Kind.BOOLEAN, false),
  CHOICES(Kind.TEXTS, false),
  REGEX(Kind.TEXT, false),
  JSON_SCHEMA(Kind.TEXT, false),
  ON_ERROR(Kind.TEXT, false);

  /** What an argument takes. */
  public enum Kind {
    TEXT("a text"),
    INTEGER("a whole number"),
    NUMBER("a number"),
    BOOLEAN("TRUE or FALSE"),
    TEXTS("a text or an ARRAY of texts");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** For messages. */
    public String words() {
      return words;
    }
  }

  private static final List<Argument> ORDER = List.of(values());

  private final Kind kind;
  private final boolean perRow;

  Argument(Kind kind, boolean perRow) {
    this.kind = kind;
    this.perRow = perRow;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether the value may differ from row to row; the others are constants or parameters. */
  public boolean perRow() {
    return perRow;
  }

  /** The name in SQL, lower case. */
  public String sql() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The argument of a name in any case. */
  public static Optional<Argument> of(String name) {
    for (Argument argument : values()) {
      if (argument.name().equalsIgnoreCase(name)) {
        return Optional.of(argument);
      }
    }
    return Optional.empty();
  }

  /** Names of all arguments, for messages. */
  public static List<String> names() {
    return java.util.Arrays.stream(values()).map(Argument::sql).toList();
  }

  /** Place among the positional arguments, from 0. */
  public int position() {
    return ORDER.indexOf(this);
  }

  /** The argument at a place. */
  static Argument at(int position) {
    return ORDER.get(position);
  }

  /** Number of arguments. */
  static int count() {
    return ORDER.size();
  }

  /** Whether the contract names the argument but this build does not have it. */
  public boolean unbuilt() {
    return this == CHOICES || this == REGEX || this == JSON_SCHEMA;
  }
}
