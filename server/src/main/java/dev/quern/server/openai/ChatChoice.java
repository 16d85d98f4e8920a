package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.PositionLogprobs;
import java.util.ArrayList;
import java.util.List;

/** One choice of a chat's answer, as it grows. */
final class ChatChoice {
  private final int index;
  private final boolean showIds;
  private final AnswerParser parser;
  private final ChatText text = new ChatText();
  private final List<Integer> ids = new ArrayList<>();
  private final List<PositionLogprobs> logprobs = new ArrayList<>();
  private boolean wantsLogprobs;
  private boolean begun;

  /** What of ids and logprobs a stream has told. */
  private int told;

  private Event.Done done;

  /**
   * @param parser of this choice's text
   */
  ChatChoice(int index, boolean showIds, AnswerParser parser) {
    this.index = index;
    this.showIds = showIds;
    this.parser = parser;
  }

  /**
   * @param pieces receives the entries of {@code choices} that a stream sends now
   */
  void take(Event.Delta delta, List<ObjectNode> pieces) {
    ids.addAll(delta.tokenIds());
    logprobs.addAll(delta.logprobs());
    wantsLogprobs |= !delta.logprobs().isEmpty();
    add(parser.take(delta.text()), pieces);
  }

  void end(Event.Done end, List<ObjectNode> pieces) {
    done = end;
    add(parser.end(), pieces);
    begin(pieces);
    ObjectNode last = entry();
    last.putObject("delta");
    tell(last);
    last.put("finish_reason", reason());
    AnswerFrame.putStop(last, end);
    pieces.add(last);
  }

  private void add(List<AnswerPart> parts, List<ObjectNode> pieces) {
    if (!parts.isEmpty()) {
      begin(pieces);
    }
    for (AnswerPart part : parts) {
      text.add(part);
      ObjectNode piece = entry();
      ChatText.putDelta(piece.putObject("delta"), part);
      tell(piece);
      piece.putNull("finish_reason");
      pieces.add(piece);
    }
  }

  /** The first piece says who speaks. */
  private void begin(List<ObjectNode> pieces) {
    if (!begun) {
      begun = true;
      ObjectNode first = entry();
      first.putObject("delta").put("role", "assistant").put("content", "");
      first.putNull("logprobs").putNull("finish_reason");
      pieces.add(first);
    }
  }

  /** Tokens whose text is held back are told with the next piece that there is. */
  private void tell(ObjectNode piece) {
    if (wantsLogprobs && told < logprobs.size()) {
      piece.set("logprobs", ChatLogprobs.json(logprobs.subList(told, logprobs.size())));
    } else {
      piece.putNull("logprobs");
    }
    if (showIds) {
      piece.set("token_ids", AnswerFrame.ids(ids.subList(told, ids.size())));
    }
    told = ids.size();
  }

  private ObjectNode entry() {
    return JsonNodeFactory.instance.objectNode().put("index", index);
  }

  private String reason() {
    return done.reason() == FinishReason.STOP && text.calls()
        ? "tool_calls"
        : done.reason().label();
  }

  ObjectNode whole() {
    ObjectNode choice = entry();
    choice.set("message", text.message());
    if (wantsLogprobs) {
      choice.set("logprobs", ChatLogprobs.json(logprobs));
    } else {
      choice.putNull("logprobs");
    }
    choice.put("finish_reason", reason());
    AnswerFrame.putStop(choice, done);
    if (showIds) {
      choice.set("token_ids", AnswerFrame.ids(ids));
    }
    return choice;
  }
}
