package dev.quern.server.openai;

import java.util.List;

/** Splits the text of one answer, as it comes, into its parts. Nothing of it is lost. */
interface AnswerParser {
  /** An answer that is content throughout. */
  AnswerParser PLAIN =
      new AnswerParser() {
        @Override
        public List<AnswerPart> take(String text) {
          return text.isEmpty() ? List.of() : List.of(new AnswerPart.Content(text));
        }

        @Override
        public List<AnswerPart> end() {
          return List.of();
        }
      };

  /** The parts that are sure once this text has come. */
  List<AnswerPart> take(String text);

  /** What was held back, once no more comes. */
  List<AnswerPart> end();
}
