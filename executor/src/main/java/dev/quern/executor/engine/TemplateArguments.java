package dev.quern.executor.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which variables a caller may hand to a chat template. */
final class TemplateArguments {
  /** What the conversation and the checkpoint give, and the functions of every template. */
  private static final Set<String> GIVEN =
      Set.of(
          "messages",
          "tools",
          "add_generation_prompt",
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token",
          "strftime_now",
          "raise_exception",
          "namespace",
          "dict",
          "range",
          "lipsum",
          "cycler",
          "joiner");

  /** Parameters of transformers' apply_chat_template: no template sees them. */
  private static final Set<String> STEERING =
      Set.of(
          "chat_template",
          "continue_final_message",
          "conversation",
          "max_length",
          "padding",
          "return_assistant_tokens_mask",
          "return_dict",
          "return_tensors",
          "tokenize",
          "tokenizer_kwargs",
          "truncation");

  private TemplateArguments() {}

  /**
   * A copy of the arguments.
   *
   * @throws IllegalArgumentException naming those that are not the caller's
   */
  static Map<String, Object> checked(Map<String, Object> arguments) {
    Set<String> reserved = new TreeSet<>(arguments.keySet());
    reserved.removeIf(name -> !GIVEN.contains(name) && !STEERING.contains(name));
    if (!reserved.isEmpty()) {
      throw new IllegalArgumentException(
          "the template arguments "
              + reserved
              + " are reserved: the conversation and the model give them; leave them out");
    }
    Map<String, Object> copy = new LinkedHashMap<>();
    arguments.forEach(
        (name, value) -> copy.put(name, JsonValues.copy("the template argument " + name, value)));
    return java.util.Collections.unmodifiableMap(copy);
  }
}
