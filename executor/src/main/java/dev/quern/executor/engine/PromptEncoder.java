package dev.quern.executor.engine;

import dev.quern.executor.tokenizer.ChatTemplate;
import dev.quern.executor.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Turns prompts into token ids: template, special tokens, one tokenization of the whole string. */
final class PromptEncoder {
  private final String model;
  private final Optional<Tokenizer> tokenizer;
  private final Optional<ChatTemplate> template;
  private final int vocabulary;
  private final Optional<SharedHeads> heads;

  PromptEncoder(
      String model,
      Optional<Tokenizer> tokenizer,
      Optional<ChatTemplate> template,
      int vocabulary) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.template = template;
    this.vocabulary = vocabulary;
    this.heads = tokenizer.map(t -> new SharedHeads(t, template));
  }

  /**
   * What {@link #encode} gives; what stands before the row's own text is rendered and tokenized
   * once for all rows that share it.
   *
   * @throws IllegalArgumentException as {@link #encode} does
   */
  int[] encodeBehindHead(List<PromptPart> head, PromptRow row) {
    if (heads.isPresent() && row.prompt() instanceof Prompt.Text(List<PromptPart> parts)) {
      // Rows of several calls have heads of their own: what the query wrote in front of a value.
      int own = head.isEmpty() ? literals(parts) : 0;
      List<PromptPart> front = own > 0 ? parts.subList(0, own) : head;
      Optional<int[]> ids =
          heads.get().encode(front, parts.subList(own, parts.size()), row.options());
      if (ids.isPresent() && ids.get().length > 0) {
        return ids.get();
      }
    }
    return encode(head, row);
  }

  /** Number of leading literals; 0 where nothing else follows. */
  private static int literals(List<PromptPart> parts) {
    int count = 0;
    while (count < parts.size() && parts.get(count).trusted()) {
      count++;
    }
    return count < parts.size() ? count : 0;
  }

  /**
   * The row's prompt rendered and tokenized as one string, which says what its ids are.
   *
   * @throws IllegalArgumentException when this prompt cannot be encoded, with the remedy
   */
  int[] encode(List<PromptPart> head, PromptRow row) {
    int[] ids =
        switch (row.prompt()) {
          case Prompt.Tokens(List<Integer> given) -> checked(given);
          case Prompt.Chat chat -> tokens(render(chat));
          case Prompt.Text(List<PromptPart> parts) ->
              tokens(wrap(join(head, parts), row.options()));
        };
    if (ids.length == 0) {
      throw new IllegalArgumentException("the prompt is empty: it has no tokens; send some text");
    }
    return ids;
  }

  /**
   * The text that {@link #encode} tokenizes.
   *
   * @throws IllegalArgumentException as {@link #encode} does
   */
  String text(List<PromptPart> head, PromptRow row) {
    return switch (row.prompt()) {
      case Prompt.Tokens(List<Integer> given) -> needTokenizer().decode(checked(given));
      case Prompt.Chat chat -> joined(render(chat));
      case Prompt.Text(List<PromptPart> parts) -> joined(wrap(join(head, parts), row.options()));
    };
  }

  private static String joined(List<PromptPart> parts) {
    return parts.stream().map(PromptPart::text).collect(Collectors.joining());
  }

  int count(String text) {
    return tokens(List.of(PromptPart.value(text))).length;
  }

  private List<PromptPart> wrap(List<PromptPart> content, GenerateOptions options) {
    if (!options.chat() || template.isEmpty()) {
      if (options.system().isPresent()) {
        throw new IllegalArgumentException(
            options.chat()
                ? "system needs a chat template and " + model + " has none; put it into the prompt"
                : "system has no place without a chat template (chat is off); put it into the prompt");
      }
      return content;
    }
    return render(new Prompt.Chat(conversation(options.system(), content)));
  }

  /** A text as a conversation: the system message, if any, and one of the user. */
  static List<Message> conversation(Optional<PromptPart> system, List<PromptPart> content) {
    List<Message> messages = new ArrayList<>(2);
    system.ifPresent(s -> messages.add(new Message("system", List.of(s))));
    messages.add(new Message("user", content));
    return messages;
  }

  private List<PromptPart> render(Prompt.Chat chat) {
    return template
        .orElseThrow(() ->
            new IllegalArgumentException(
                model + " has no chat template; send a plain prompt (chat => FALSE)"))
        .render(chat);
  }

  private int[] tokens(List<PromptPart> parts) {
    return needTokenizer().encode(parts);
  }

  private Tokenizer needTokenizer() {
    return tokenizer.orElseThrow(() ->
        new IllegalArgumentException(
            model + " has no tokenizer (tokenizer.json or tokenizer.model); only token ids run"));
  }

  private int[] checked(List<Integer> given) {
    int[] ids = new int[given.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = given.get(i);
      if (ids[i] < 0 || ids[i] >= vocabulary) {
        throw new IllegalArgumentException(
            "token id " + ids[i] + " at place " + i + " is not in [0, " + vocabulary + ")");
      }
    }
    return ids;
  }

  private static List<PromptPart> join(List<PromptPart> head, List<PromptPart> tail) {
    if (head.isEmpty()) {
      return tail;
    }
    List<PromptPart> all = new ArrayList<>(head);
    all.addAll(tail);
    return all;
  }
}
