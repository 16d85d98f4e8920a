package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.Message;
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
  public List<PromptPart> render(List<Message> messages) {
    requireRoles(messages);
    Optional<Frame> frame = frame(messages);
    return frame.isPresent() ? frame.get().fill(messages) : renderWhole(messages);
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
      open.add(message(roles.get(i), Content.slot(i)));
    }
    try {
      return Optional.of(new Frame(template.renderOpen(with(open))));
    } catch (JinjaException e) {
      // The text depends on the contents, or the template refuses the roles: ask it each time.
      return Optional.empty();
    }
  }

  /** Runs the template on the contents; those of untrusted parts are guarded. */
  List<PromptPart> renderWhole(List<Message> messages) {
    GuardedText.Marks marks = GuardedText.marks(messages);
    List<Object> plain = new ArrayList<>();
    List<Object> guarded = new ArrayList<>();
    for (Message message : messages) {
      String text = message.content().stream().map(PromptPart::text).collect(Collectors.joining());
      plain.add(message(message.role(), text));
      guarded.add(message(message.role(), guard.guard(message.content(), marks)));
    }
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

  private String run(List<Object> messages) {
    try {
      return template.render(with(messages));
    } catch (JinjaException e) {
      throw new IllegalArgumentException(
          (e.raised()
                  ? "the chat template refuses the conversation: "
                  : "the chat template fails: ")
              + e.getMessage(),
          e);
    }
  }

  private static Map<Object, Object> message(String role, Object content) {
    Map<Object, Object> message = new java.util.LinkedHashMap<>();
    message.put("role", role);
    message.put("content", content);
    return message;
  }

  private Map<String, Object> with(List<Object> messages) {
    Map<String, Object> all = new HashMap<>(variables);
    all.put("messages", messages);
    return all;
  }
}
