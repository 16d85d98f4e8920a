package dev.quern.planner.function;

import java.util.List;
import java.util.Locale;

/** The arguments of the functions that ask a model; {@link Signature} says which takes which. */
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
  ON_ERROR(Kind.TEXT, false),
  /** What CLASSIFY is to do; becomes a part of the prompt. */
  INSTRUCTION(Kind.TEXT, false);

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

  /** Place among the operands of a rewritten call, from 0. */
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
    return this == REGEX || this == JSON_SCHEMA;
  }
}
