package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.Message;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.tokenizer.jinja.Content;
import dev.quern.executor.tokenizer.jinja.JinjaException;
import dev.quern.executor.tokenizer.jinja.JinjaTemplate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Renders a checkpoint's template. For each sequence of roles it finds out once, by rendering with
 * unknown contents, whether the template inserts the contents as they are; if so, further
 * conversations of those roles are put together without running the template.
 */
final class CheckpointChatTemplate implements ChatTemplate {
  /** A template may build special tokens from a role, so a role is none of the user's choice. */
  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool", "function", "ipython");

  private static final int MAX_FRAMES = 64;
  private static final int MAX_FRAME_MESSAGES = 8;

  private final JinjaTemplate template;
  private final Map<String, Object> variables;
  private final GuardedText guard;
  private final Map<List<String>, Optional<Frame>> frames = new ConcurrentHashMap<>();

  CheckpointChatTemplate(
      JinjaTemplate template, Map<String, Object> variables, Set<String> special) {
    this.template = template;
    this.variables = variables;
    this.guard = new GuardedText(special);
  }

  @Override
  public List<PromptPart> render(Prompt.Chat chat) {
    requireRoles(chat.messages());
    Optional<Frame> frame = chat.isPlain() ? frame(chat.messages()) : Optional.empty();
    return frame.isPresent() ? frame.get().fill(chat.messages()) : renderWhole(chat);
  }

  @Override
  public boolean readsTools() {
    return template.reads("tools");
  }

  @Override
  public boolean thinks() {
    return template.source().contains("<think>") || template.source().contains("</think>");
  }

  @Override
  public Optional<OpenPrompt> open(List<Message> messages) {
    requireRoles(messages);
    return frame(messages).map(frame -> frame.open(messages));
  }

  private static void requireRoles(List<Message> messages) {
    for (Message message : messages) {
      if (!ROLES.contains(message.role())) {
        throw new IllegalArgumentException(
            "unknown message role '"
                + message.role()
                + "'; valid: "
                + ROLES.stream().sorted().toList());
      }
    }
  }

  /** The frame of these roles, if the template has one for them. */
  private Optional<Frame> frame(List<Message> messages) {
    List<String> roles = messages.stream().map(Message::role).toList();
    Optional<Frame> known = frames.get(roles);
    if (known != null) {
      return known;
    }
    if (roles.size() > MAX_FRAME_MESSAGES || frames.size() >= MAX_FRAMES) {
      return Optional.empty();
    }
    return frames.computeIfAbsent(roles, this::probe);
  }

  Optional<Frame> probe(List<String> roles) {
    List<Object> open = new ArrayList<>();
    for (int i = 0; i < roles.size(); i++) {
      open.add(TemplateValues.message(roles.get(i), Content.slot(i)));
    }
    try {
      return Optional.of(new Frame(template.renderOpen(with(Map.of("messages", open)))));
    } catch (JinjaException e) {
      // The text depends on the contents, or the template refuses the roles: ask it each time.
      return Optional.empty();
    }
  }

  List<PromptPart> renderWhole(List<Message> messages) {
    return renderWhole(new Prompt.Chat(messages));
  }

  /** Runs the template on the values; what is not trusted in them is guarded. */
  List<PromptPart> renderWhole(Prompt.Chat chat) {
    List<String> texts = new ArrayList<>();
    Map<String, Object> plain =
        TemplateValues.of(
            chat,
            content -> {
              String text = content.stream().map(PromptPart::text).collect(Collectors.joining());
              texts.add(text);
              return text;
            });
    GuardedText.Marks marks = GuardedText.marks(texts);
    Map<String, Object> guarded = TemplateValues.of(chat, content -> guard.guard(content, marks));
    List<PromptPart> parts = guard.split(run(guarded), marks);
    if (!plain.equals(guarded)) {
      String text = parts.stream().map(PromptPart::text).collect(Collectors.joining());
      if (!text.equals(run(plain))) {
        throw new IllegalArgumentException(
            "the chat template treats a special token in a value in a way that cannot be made safe; remove the token from the value");
      }
    }
    return parts;
  }

  private String run(Map<String, Object> values) {
    try {
      return template.render(with(values));
    } catch (JinjaException e) {
      throw new IllegalArgumentException(
          (e.raised()
                  ? "the chat template refuses the conversation: "
                  : "the chat template fails: ")
              + e.getMessage(),
          e);
    }
  }

  private Map<String, Object> with(Map<String, Object> values) {
    Map<String, Object> all = new HashMap<>(variables);
    all.putAll(values);
    return all;
  }
}
