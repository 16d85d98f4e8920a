package dev.quern.server.openai;

import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.engine.PromptTokens;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The prompts of a completions request as text, where it asks for them in front of its answers.
 *
 * @param wanted whether it does
 * @param tokens reads ids; empty for an engine that cannot
 */
record Echoes(boolean wanted, List<Prompt> prompts, Optional<PromptTokens> tokens) {
  Echoes {
    prompts = List.copyOf(prompts);
  }

  /** Empty where nobody asked. */
  String of(int prompt) {
    if (!wanted) {
      return "";
    }
    return switch (prompts.get(prompt)) {
      case Prompt.Text(List<PromptPart> parts) ->
          parts.stream().map(PromptPart::text).collect(Collectors.joining());
      case Prompt.Tokens(List<Integer> ids) -> text(ids);
      case Prompt.Chat chat -> throw new IllegalStateException("no completion's prompt: " + chat);
    };
  }

  /** The text of ids; empty where the engine has no tokenizer. */
  String text(List<Integer> ids) {
    return tokens.map(known -> known.text(ids)).orElse("");
  }
}
