package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.PositionLogprobs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One choice of a completion, as it grows. What has been told is forgotten. */
final class CompletionChoice {
  private final int index;
  private final Echoes echoes;
  private final boolean showIds;
  private final boolean showAnswer;
  private final StringBuilder text = new StringBuilder();
  private final List<Integer> ids = new ArrayList<>();
  private final List<PositionLogprobs> logprobs = new ArrayList<>();
  private List<Integer> promptIds = List.of();
  private boolean wantsLogprobs;

  /** The prompt's first token, which nothing stands before: its text, where it is echoed. */
  private Optional<String> unscored = Optional.empty();

  /** Characters of the tokens whose log-probabilities were told. */
  private int offset;

  private Event.Done done;

  CompletionChoice(int index, Echoes echoes, int prompt, boolean showIds, boolean showAnswer) {
    this.index = index;
    this.echoes = echoes;
    this.showIds = showIds;
    this.showAnswer = showAnswer;
    this.text.append(echoes.of(prompt));
  }

  /** The entry of {@code choices} that a stream sends now. */
  Optional<ObjectNode> take(Event event, boolean stream) {
    return switch (event) {
      case Event.Prompted prompted -> {
        promptIds = prompted.tokenIds();
        logprobs.addAll(prompted.logprobs());
        if (!prompted.logprobs().isEmpty()) {
          wantsLogprobs = true;
          unscored = Optional.of(echoes.text(promptIds.subList(0, 1)));
        }
        yield Optional.empty();
      }
      case Event.Delta delta -> {
        if (showAnswer) {
          text.append(delta.text());
          ids.addAll(delta.tokenIds());
          logprobs.addAll(delta.logprobs());
          wantsLogprobs |= !delta.logprobs().isEmpty();
        }
        yield stream && showAnswer ? Optional.of(rest()) : Optional.empty();
      }
      case Event.Done end -> {
        done = end;
        yield stream ? Optional.of(rest()) : Optional.empty();
      }
    };
  }

  /** What has come and was not told yet. */
  ObjectNode rest() {
    ObjectNode choice =
        JsonNodeFactory.instance.objectNode().put("index", index).put("text", text.toString());
    if (wantsLogprobs && !(logprobs.isEmpty() && unscored.isEmpty())) {
      choice.set("logprobs", CompletionLogprobs.json(unscored, logprobs, offset));
    } else {
      choice.putNull("logprobs");
    }
    if (done == null) {
      choice.putNull("finish_reason");
    } else {
      choice.put("finish_reason", showAnswer ? done.reason().label() : "length");
      if (showAnswer) {
        AnswerFrame.putStop(choice, done);
      }
    }
    if (showIds) {
      choice.set("token_ids", AnswerFrame.ids(ids));
      if (!promptIds.isEmpty()) {
        choice.set("prompt_token_ids", AnswerFrame.ids(promptIds));
      }
    }
    forget();
    return choice;
  }

  private void forget() {
    // By the tokens told: their text may be held back, as the beginning of a stop is.
    offset +=
        unscored.map(CompletionLogprobs::characters).orElse(0)
            + logprobs.stream()
                .mapToInt(position -> CompletionLogprobs.characters(position.token().text()))
                .sum();
    text.setLength(0);
    ids.clear();
    logprobs.clear();
    promptIds = List.of();
    unscored = Optional.empty();
  }
}
