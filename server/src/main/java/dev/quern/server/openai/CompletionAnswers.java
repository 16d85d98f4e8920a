package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.Event;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Answers of {@code /v1/completions}, whole or in pieces. */
final class CompletionAnswers implements Answers {
  private static final String OBJECT = "text_completion";

  private final AnswerFrame frame;
  private final boolean stream;
  private final boolean showAnswer;
  private final List<CompletionChoice> choices;
  private final UsageTotals usage;

  /**
   * @param n choices of each prompt
   * @param stream whether pieces are wanted
   * @param showIds whether token ids are told
   * @param showAnswer whether the answer is; if not, the prompt alone
   */
  CompletionAnswers(
      AnswerFrame frame,
      Echoes echoes,
      int n,
      boolean stream,
      boolean showIds,
      boolean showAnswer) {
    this.frame = frame;
    this.stream = stream;
    this.showAnswer = showAnswer;
    this.usage = new UsageTotals(n);
    this.choices =
        IntStream.range(0, echoes.prompts().size() * n)
            .mapToObj(i -> new CompletionChoice(i, echoes, i / n, showIds, showAnswer))
            .toList();
  }

  @Override
  public List<ObjectNode> take(int row, Event event) {
    if (event instanceof Event.Done done) {
      usage.add(row, done.usage(), showAnswer);
    }
    Optional<ObjectNode> choice = choices.get(row).take(event, stream);
    return choice.map(this::piece).map(List::of).orElse(List.of());
  }

  private ObjectNode piece(ObjectNode choice) {
    ObjectNode piece = frame.piece(OBJECT);
    piece.withArray("choices").add(choice);
    return piece;
  }

  @Override
  public ObjectNode usage() {
    ObjectNode piece = frame.piece(OBJECT);
    piece.set("usage", usage.json());
    return piece;
  }

  @Override
  public ObjectNode whole() {
    ObjectNode answer = frame.head(OBJECT);
    ArrayNode all = answer.putArray("choices");
    choices.forEach(choice -> all.add(choice.rest()));
    answer.set("usage", usage.json());
    return answer;
  }
}
