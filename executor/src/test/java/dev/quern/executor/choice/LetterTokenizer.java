package dev.quern.executor.choice;

import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * A token is a character, so that a test can see the trie.
 *
 * @param anyCase whether upper and lower case are one token
 */
record LetterTokenizer(boolean anyCase) implements Tokenizer {
  @Override
  public int[] encode(List<PromptPart> parts) {
    String text = parts.stream().map(PromptPart::text).collect(Collectors.joining());
    return (anyCase ? text.toLowerCase(java.util.Locale.ROOT) : text).chars().toArray();
  }

  @Override
  public Head head(List<PromptPart> parts) {
    throw new UnsupportedOperationException("choices have no head");
  }

  @Override
  public String decode(int[] ids) {
    return new String(ids, 0, ids.length);
  }

  @Override
  public String decodeWithNames(int[] ids) {
    return decode(ids);
  }

  @Override
  public byte[] bytes(int id) {
    return Character.toString(id).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public StreamDecoder streamDecoder() {
    throw new UnsupportedOperationException("choices are not decoded");
  }

  @Override
  public int size() {
    return 256;
  }

  @Override
  public OptionalInt specialId(String token) {
    return OptionalInt.empty();
  }

  @Override
  public void close() {}
}
