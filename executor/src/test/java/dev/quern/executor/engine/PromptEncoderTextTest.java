package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.executor.tokenizer.ChatTemplate;
import dev.quern.executor.tokenizer.ChatTemplates;
import dev.quern.executor.tokenizer.Tokenizer;
import dev.quern.executor.tokenizer.TokenizerLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The text that the model reads, whose end tells how an answer begins. */
class PromptEncoderTextTest {
  private static final Path EMBEDDED = Path.of("embedded-model");
  private static final String TEMPLATE =
      "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{{ tools | length if tools else 'no' }} tools<|im_start|>assistant\n<think>\n{% if enable_thinking is false %}</think>\n\n{% endif %}";

  @TempDir Path folder;

  private static PromptRow row(Prompt prompt) {
    return new PromptRow(prompt, GenerateOptions.DEFAULT, 0);
  }

  @Test
  void itIsWhatTheIdsAreOf() throws Exception {
    Files.copy(EMBEDDED.resolve("tokenizer_config.json"), folder.resolve("tokenizer_config.json"));
    Files.writeString(folder.resolve("chat_template.jinja"), TEMPLATE);
    Optional<ChatTemplate> template = ChatTemplates.open(folder);
    try (Tokenizer tokenizer = TokenizerLoader.open(EMBEDDED).orElseThrow()) {
      var encoder = new PromptEncoder("m", Optional.of(tokenizer), template, tokenizer.size());
      List<Message> messages = List.of(new Message("user", List.of(PromptPart.value("hi"))));
      String asked = "<|im_start|>user\nhi<|im_end|>\n";
      String answer = " tools<|im_start|>assistant\n<think>\n";

      PromptRow plain = row(new Prompt.Chat(messages));
      String text = encoder.text(List.of(), plain);
      assertEquals(asked + "no" + answer, text);
      assertArrayEquals(
          tokenizer.encode(List.of(PromptPart.literal(text))), encoder.encode(List.of(), plain));

      var off = new Prompt.Chat(messages, List.of(Map.of()), Map.of("enable_thinking", false));
      assertEquals(asked + "1" + answer + "</think>\n\n", encoder.text(List.of(), row(off)));

      var head = List.of(PromptPart.literal("h"));
      var tail = row(new Prompt.Text(List.of(PromptPart.value("i"))));
      assertEquals(asked + "no" + answer, encoder.text(head, tail));

      var ids = row(new Prompt.Tokens(List.of(57, 58)));
      assertEquals(tokenizer.decode(new int[] {57, 58}), encoder.text(List.of(), ids));
    }
  }
}
