package dev.quern.server.openai;

/** A piece of what an assistant says, by what it is to the client. */
sealed interface AnswerPart {
  /** Text for the user. */
  record Content(String text) implements AnswerPart {}

  /** What a thinking model tells itself first. */
  record Reasoning(String text) implements AnswerPart {}

  /**
   * A tool call begins.
   *
   * @param index of the call in this answer, from 0
   */
  record ToolCallStart(int index, String id, String name) implements AnswerPart {}

  /** More of a call's arguments, which are JSON text. */
  record ToolCallArguments(int index, String text) implements AnswerPart {}
}
