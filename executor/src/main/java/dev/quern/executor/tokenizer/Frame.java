package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.Message;
import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.tokenizer.jinja.Content;
import dev.quern.executor.tokenizer.jinja.PythonText;
import java.util.ArrayList;
import java.util.List;

/**
 * What a template makes of conversations with certain roles, whatever their contents.
 *
 * @param pieces strings of the template, and the slots of the messages' contents
 */
record Frame(List<Object> pieces) {
  List<PromptPart> fill(List<Message> messages) {
    List<PromptPart> parts = new ArrayList<>();
    for (Object piece : pieces) {
      if (piece instanceof Content.Slot(int number, boolean trimmed)) {
        List<PromptPart> content = messages.get(number).content();
        parts.addAll(trimmed ? trim(content) : content);
      } else {
        parts.add(PromptPart.literal((String) piece));
      }
    }
    return parts;
  }

  /** The parts without the white space at both ends of the joined text. */
  private static List<PromptPart> trim(List<PromptPart> content) {
    List<PromptPart> parts = new ArrayList<>(content);
    while (!parts.isEmpty()) {
      PromptPart first = parts.getFirst();
      parts.set(0, new PromptPart(PythonText.stripStart(first.text()), first.trusted()));
      if (!parts.getFirst().text().isEmpty()) {
        break;
      }
      parts.removeFirst();
    }
    while (!parts.isEmpty()) {
      PromptPart last = parts.getLast();
      parts.set(parts.size() - 1, new PromptPart(PythonText.stripEnd(last.text()), last.trusted()));
      if (!parts.getLast().text().isEmpty()) {
        break;
      }
      parts.removeLast();
    }
    return parts;
  }
}
