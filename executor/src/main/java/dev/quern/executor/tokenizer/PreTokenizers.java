package dev.quern.executor.tokenizer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How byte-level BPE cuts text into words, by the name that GGUF files give it in {@code
 * tokenizer.ggml.pre} (llama.cpp, src/llama-vocab.cpp, llm_tokenizer_bpe). Each pattern cuts what
 * the ones before it left, and a cut piece stands alone.
 *
 * @param patterns regular expressions of the tokenizers library (Oniguruma)
 * @param ignoreMerges a word that is a token is that token, whatever the merges make of it
 */
record PreTokenizers(List<String> patterns, boolean ignoreMerges) {
  private static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)";

  /** GPT-4's, with numbers in runs of at most three or of one digit. */
  private static String gpt4(String numbers) {
    return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
        + numbers
        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  }

  private static final PreTokenizers DIGITS = new PreTokenizers(List.of("\\p{N}", GPT2), false);
  private static final PreTokenizers LLAMA3 = new PreTokenizers(List.of(gpt4("\\p{N}{1,3}")), true);

  private static final Map<String, PreTokenizers> BY_NAME =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(
                  "default",
                  new PreTokenizers(
                      List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]"),
                      false)),
              Map.entry("gpt-2", new PreTokenizers(List.of(GPT2), false)),
              Map.entry("smollm", DIGITS),
              Map.entry("starcoder", DIGITS),
              Map.entry("refact", DIGITS),
              Map.entry("command-r", DIGITS),
              Map.entry("codeshell", DIGITS),
              Map.entry("exaone", DIGITS),
              Map.entry("llama-bpe", LLAMA3),
              Map.entry("llama-v3", LLAMA3),
              Map.entry("llama3", LLAMA3),
              Map.entry("qwen2", new PreTokenizers(List.of(gpt4("\\p{N}")), false))));

  /** Whether it is one of the patterns here, of which all that WordCut relies on is known. */
  static boolean isKnown(String pattern) {
    return BY_NAME.values().stream().anyMatch(each -> each.patterns().contains(pattern));
  }

  /** Whether it matches every character that is no white space. */
  static boolean cutsEverywhere(String pattern) {
    return isKnown(pattern) && pattern.contains("[^\\s\\p{L}\\p{N}]+");
  }

  /** Names that are known, in order. */
  static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }

  static Optional<PreTokenizers> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }
}
