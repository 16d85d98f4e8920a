package dev.quern.executor.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A tokenizer.json from which no text can give a special token: they are taken off the added
 * tokens, and in the vocabulary they get names that no text holds.
 *
 * @param startText JSON for text at the start of a prompt
 * @param innerText JSON for text behind a special token, where it differs
 * @param cut where the text between special tokens can be cut
 * @param renumbered the file's id of each id that the changed JSON gives; empty when they are equal
 */
record PlainTokenizerJson(
    String startText, Optional<String> innerText, TextCut cut, int[] renumbered) {

  /** Changes {@code root}, of which nothing else is used afterwards. */
  static PlainTokenizerJson of(ObjectNode root, Set<String> special, int size) {
    root.putNull("truncation");
    root.putNull("padding");
    root.putNull("post_processor");
    hideVocabulary((ObjectNode) root.get("model"), special);
    int[] renumbered = dropAdded(root, special, size);
    String start = root.toString();
    Optional<String> inner =
        neverPrepend(root.path("pre_tokenizer")) ? Optional.of(root.toString()) : Optional.empty();
    return new PlainTokenizerJson(start, inner, JsonCuts.of(root), renumbered);
  }

  /** A name for a special token: noncharacters are in no alphabet of a tokenizer. */
  private static String hidden(String content) {
    return "\uFDD0" + content + "\uFDD1";
  }

  private static void hideVocabulary(ObjectNode model, Set<String> special) {
    if (model.get("vocab") instanceof ObjectNode vocab) {
      for (String content : special) {
        JsonNode id = vocab.remove(content);
        if (id != null) {
          vocab.set(hidden(content), id);
        }
      }
    } else if (model.get("vocab") instanceof ArrayNode scored) {
      for (JsonNode entry : scored) {
        if (entry instanceof ArrayNode pair && special.contains(pair.path(0).asText())) {
          pair.set(0, hidden(pair.get(0).asText()));
        }
      }
    }
    String unknown = model.path("unk_token").asText("");
    if (special.contains(unknown)) {
      model.put("unk_token", hidden(unknown));
    }
    if (model.get("merges") instanceof ArrayNode merges) {
      for (Iterator<JsonNode> each = merges.iterator(); each.hasNext(); ) {
        if (touches(each.next(), special)) {
          each.remove();
        }
      }
    }
  }

  /** Whether a merge takes or makes a special token; it is written "a b" or ["a", "b"]. */
  private static boolean touches(JsonNode merge, Set<String> special) {
    String left;
    String right;
    if (merge.isTextual()) {
      String text = merge.asText();
      int space = text.indexOf(' ');
      left = text.substring(0, Math.max(0, space));
      right = text.substring(space + 1);
    } else {
      left = merge.path(0).asText();
      right = merge.path(1).asText();
    }
    return special.contains(left) || special.contains(right) || special.contains(left + right);
  }

  /**
   * Removes the special added tokens. The library numbers added tokens that are not in the
   * vocabulary itself, one after the other, so those that stay may get other ids than the file's.
   */
  private static int[] dropAdded(ObjectNode root, Set<String> special, int size) {
    Map<Integer, Integer> moved = new HashMap<>();
    JsonNode vocab = root.path("model").path("vocab");
    int next = vocab.size();
    if (root.get("added_tokens") instanceof ArrayNode added) {
      for (Iterator<JsonNode> each = added.iterator(); each.hasNext(); ) {
        JsonNode token = each.next();
        String content = token.path("content").asText();
        if (special.contains(content)) {
          each.remove();
        } else if (!(vocab.has(content) || inScored(vocab, token))) {
          moved.put(next, token.path("id").asInt());
          next++;
        }
      }
    }
    if (moved.entrySet().stream().allMatch(entry -> entry.getKey().equals(entry.getValue()))) {
      return new int[0];
    }
    int[] renumbered = new int[Math.max(size, next)];
    for (int id = 0; id < renumbered.length; id++) {
      renumbered[id] = moved.getOrDefault(id, id);
    }
    return renumbered;
  }

  private static boolean inScored(JsonNode vocab, JsonNode token) {
    return vocab.isArray()
        && token.path("content").equals(vocab.path(token.path("id").asInt()).path(0));
  }

  /**
   * Turns a Metaspace that puts a space before the first text of a prompt only into one that never
   * does. The library goes by the position in the text it is given, which is a part of the prompt.
   */
  private static boolean neverPrepend(JsonNode preTokenizer) {
    if (preTokenizer.path("prepend_scheme").asText().equals("first")) {
      ((ObjectNode) preTokenizer).put("prepend_scheme", "never");
      return true;
    }
    boolean changed = false;
    for (JsonNode step : preTokenizer.path("pretokenizers")) {
      changed |= neverPrepend(step);
    }
    return changed;
  }
}
