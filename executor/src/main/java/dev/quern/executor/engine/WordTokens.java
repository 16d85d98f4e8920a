package dev.quern.executor.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tokens of the {@link ScriptedEngine}: words, numbered as they come. */
final class WordTokens implements PromptTokens {
  private static final KvRoom ROOM = new KvRoom(1 << 16, 16, 128, true);

  private final Map<String, Integer> ids = new HashMap<>();

  @Override
  public int[] ids(List<PromptPart> head, PromptRow row) {
    return ScriptedEngine.split(ScriptedEngine.text(head, row)).stream()
        .mapToInt(word -> ids.computeIfAbsent(word, w -> ids.size()))
        .toArray();
  }

  @Override
  public String text(List<PromptPart> head, PromptRow row) {
    return ScriptedEngine.text(head, row);
  }

  @Override
  public int count(String text) {
    return ScriptedEngine.split(text).size();
  }

  @Override
  public KvRoom room() {
    return ROOM;
  }

  @Override
  public void close() {}
}
