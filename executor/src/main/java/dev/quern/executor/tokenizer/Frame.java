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

  /** The frame around a last message that begins with the content given and goes on. */
  OpenPrompt open(List<Message> messages) {
    int last = messages.size() - 1;
    int place = 0;
    while (place < pieces.size()
        && !(pieces.get(place) instanceof Content.Slot slot && slot.number() == last)) {
      place++;
    }
    List<PromptPart> head = new ArrayList<>(new Frame(pieces.subList(0, place)).fill(messages));
    Frame others = new Frame(pieces.subList(place, pieces.size()));
    // What is kept of the last content however it goes on; white space at its end may not be.
    boolean trimmed = place < pieces.size() && ((Content.Slot) pieces.get(place)).trimmed();
    Message begun = messages.get(last);
    List<PromptPart> kept =
        place == pieces.size() ? List.of() : trimmed ? trim(begun.content()) : begun.content();
    head.addAll(kept);
    return new OpenPrompt(
        head,
        tail -> {
          List<PromptPart> content = new ArrayList<>(begun.content());
          content.addAll(tail);
          List<Message> whole = new ArrayList<>(messages);
          whole.set(last, new Message(begun.role(), content));
          return behind(others.fill(whole), kept);
        });
  }

  /** The parts behind those kept, the last of which is the beginning of one here. */
  private static List<PromptPart> behind(List<PromptPart> parts, List<PromptPart> kept) {
    if (kept.isEmpty()) {
      return parts;
    }
    PromptPart cut = parts.get(kept.size() - 1);
    List<PromptPart> rest = new ArrayList<>();
    rest.add(new PromptPart(cut.text().substring(kept.getLast().text().length()), cut.trusted()));
    rest.addAll(parts.subList(kept.size(), parts.size()));
    return rest;
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
