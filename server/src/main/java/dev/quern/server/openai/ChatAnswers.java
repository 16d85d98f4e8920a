package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Answers of {@code /v1/chat/completions}, whole or in pieces. */
final class ChatAnswers implements Answers {
  private static final String WHOLE = "chat.completion";
  private static final String PIECE = "chat.completion.chunk";

  private final AnswerFrame frame;
  private final boolean stream;
  private final boolean showIds;
  private final List<ChatChoice> choices;
  private final UsageTotals usage;
  private List<Integer> promptIds = List.of();

  /**
   * @param stream whether pieces are wanted
   * @param showIds whether token ids are told
   * @param parser makes what splits one choice's text
   */
  ChatAnswers(
      AnswerFrame frame,
      int choices,
      boolean stream,
      boolean showIds,
      Supplier<AnswerParser> parser) {
    this.frame = frame;
    this.stream = stream;
    this.showIds = showIds;
    this.usage = new UsageTotals(choices);
    this.choices =
        IntStream.range(0, choices)
            .mapToObj(i -> new ChatChoice(i, showIds, parser.get()))
            .toList();
  }

  @Override
  public List<ObjectNode> take(int row, Event event) {
    ChatChoice choice = choices.get(row);
    List<ObjectNode> deltas = new ArrayList<>();
    switch (event) {
      case Event.Prompted prompted -> {
        if (row == 0) {
          promptIds = prompted.tokenIds();
        }
        return List.of();
      }
      case Event.Delta delta -> choice.take(delta, deltas);
      case Event.Done done -> {
        usage.add(row, done.usage(), true);
        choice.end(done, deltas);
      }
    }
    return stream ? deltas.stream().map(this::piece).toList() : List.of();
  }

  private ObjectNode piece(ObjectNode choice) {
    ObjectNode piece = frame.piece(PIECE);
    piece.withArray("choices").add(choice);
    if (showIds && choice.path("delta").has("role")) {
      piece.set("prompt_token_ids", AnswerFrame.ids(promptIds));
    }
    return piece;
  }

  @Override
  public ObjectNode usage() {
    ObjectNode piece = frame.piece(PIECE);
    piece.set("usage", usage.json());
    return piece;
  }

  @Override
  public ObjectNode whole() {
    ObjectNode answer = frame.head(WHOLE);
    ArrayNode all = answer.putArray("choices");
    choices.forEach(choice -> all.add(choice.whole()));
    answer.set("usage", usage.json());
    if (showIds) {
      answer.set("prompt_token_ids", AnswerFrame.ids(promptIds));
    }
    return answer;
  }
}
