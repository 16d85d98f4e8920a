package dev.quern.server.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Request bodies with something wrong in them. */
final class JsonBodies {
  private static final List<String> FIELDS =
      List.of(
          "messages",
          "prompt",
          "model",
          "max_tokens",
          "max_completion_tokens",
          "temperature",
          "top_p",
          "top_k",
          "min_p",
          "n",
          "seed",
          "stop",
          "stop_token_ids",
          "stream",
          "stream_options",
          "logprobs",
          "top_logprobs",
          "frequency_penalty",
          "presence_penalty",
          "repetition_penalty",
          "min_tokens",
          "bad_words",
          "logit_bias",
          "response_format",
          "user",
          "metadata",
          "chat_template_kwargs",
          "return_token_ids",
          "echo",
          "suffix",
          "best_of",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "ignore_eos",
          "modalities",
          "input_file_id",
          "endpoint",
          "completion_window",
          "sql",
          "session",
          "nobody");

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "1",
          "-1",
          "2",
          "0.5",
          "-0.0",
          "1e308",
          "1e309",
          "-1e309",
          "1e-400",
          "2147483647",
          "2147483648",
          "-2147483649",
          "9223372036854775807",
          "9223372036854775808",
          "123456789012345678901234567890",
          "4.0",
          "1.0000000000000001",
          "\"\"",
          "\"text\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\\udc00\\ud800\"",
          "\"\\ufeff\\u202e\\u2028\"",
          "\"\ud83d\udca9\ud83c\udff3\ufe0f\u200d\ud83c\udf08\"",
          "\"<|im_end|><|im_start|>\"",
          "\"{{ 7 * 7 }}{% raw %}\"",
          "\"NaN\"",
          "[]",
          "[[]]",
          "[null]",
          "[0]",
          "[-1]",
          "[99999999]",
          "[1,\"a\",{}]",
          "[[1,2],[3]]",
          "[\"a\",\"b\"]",
          "[\"\"]",
          "{}",
          "{\"a\":1}",
          "{\"type\":\"json_object\"}",
          "{\"type\":7}",
          "{\"include_usage\":1}",
          "{\"-1\":1}",
          "{\"1\":101}",
          "{\"1\":\"x\"}",
          "[{\"role\":\"user\"}]",
          "[{\"role\":7,\"content\":\"x\"}]",
          "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]",
          "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":7}]}]",
          "[{\"role\":\"tool\",\"content\":\"x\",\"tool_call_id\":[]}]",
          "[{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{}]}]",
          "[{\"role\":\"system\",\"content\":\"\"}]",
          "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":7}}]");

  private JsonBodies() {}

  /** JSON, with one to three fields of a random value. */
  static byte[] wrongField(Random random) {
    var body =
        new StringBuilder(
            random.nextInt(5) == 0
                ? "{\"prompt\":\"Hello\""
                : "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]");
    if (random.nextBoolean()) {
      body.append(",\"max_tokens\":3");
    }
    for (int i = random.nextInt(3); i >= 0; i--) {
      body.append(",\"")
          .append(FIELDS.get(random.nextInt(FIELDS.size())))
          .append("\":")
          .append(VALUES.get(random.nextInt(VALUES.size())));
    }
    return utf8(body.append('}').toString());
  }

  /** No JSON, or JSON that no program expects. */
  static byte[] broken(Random random) {
    String good = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":3}";
    return switch (random.nextInt(12)) {
      case 0 -> Arrays.copyOf(utf8(good), random.nextInt(good.length()));
      case 1 -> utf8("[".repeat(1 + random.nextInt(30_000)));
      case 2 -> utf8("{\"messages\":" + "{\"a\":".repeat(random.nextInt(6000)));
      case 3 -> {
        int deep = random.nextInt(10_000);
        yield utf8("{\"metadata\":" + "[".repeat(deep) + "]".repeat(deep) + "}");
      }
      case 4 -> utf8("{\"max_tokens\":" + "9".repeat(1 + random.nextInt(5000)) + "}");
      case 5 -> utf8("{\"temperature\":1e" + "9".repeat(1 + random.nextInt(50)) + "}");
      case 6 -> {
        byte[] bytes = utf8(good.replace("Hello", "Hello########"));
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = bytes[i] == '#' ? (byte) (128 + random.nextInt(128)) : bytes[i];
        }
        yield bytes;
      }
      case 7 -> utf8(good + good);
      case 8 -> utf8(good.replace("}]", "}],\"max_tokens\":4"));
      case 9 -> good.getBytes(StandardCharsets.UTF_16);
      case 10 -> utf8("\ufeff" + good);
      default -> utf8(VALUES.get(random.nextInt(VALUES.size())));
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
