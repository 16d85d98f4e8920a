package dev.quern.executor.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses the cut of a tokenizer.json by what its steps are. Everything that is not known to leave
 * the cut exact gives {@link TextCut#NONE}.
 */
final class JsonCuts {
  private JsonCuts() {}

  /** Reads the object after its special tokens are gone, in its form for text inside a prompt. */
  static TextCut of(JsonNode root) {
    List<String> added = new ArrayList<>();
    for (JsonNode token : root.path("added_tokens")) {
      if (token.path("lstrip").asBoolean()
          || token.path("rstrip").asBoolean()
          || token.path("single_word").asBoolean()) {
        return TextCut.NONE; // what is found depends on the characters beside it
      }
      added.add(token.path("content").asText());
    }
    JsonNode model = root.path("model");
    boolean pairs =
        model.path("type").asText().equals("BPE")
            && model.path("dropout").asDouble(0) == 0
            && model.path("continuing_subword_prefix").asText("").isEmpty()
            && model.path("end_of_word_suffix").asText("").isEmpty();
    if (!pairs) {
      return TextCut.NONE;
    }
    JsonNode normalizer = root.path("normalizer");
    JsonNode words = root.path("pre_tokenizer");
    if (isNothing(normalizer) && cutsWords(words)) {
      return new WordCut(together(added));
    }
    if ((isNothing(normalizer) || marksSpaces(normalizer)) && keepsText(words)) {
      model.path("vocab").fieldNames().forEachRemaining(added::add);
      return new PieceCut(added, false);
    }
    return TextCut.NONE;
  }

  private static Set<Integer> together(List<String> added) {
    Set<Integer> pairs = new HashSet<>();
    for (String content : added) {
      for (int i = 1; i < content.length(); i++) {
        pairs.add(WordCut.pair(content.charAt(i - 1), content.charAt(i)));
      }
    }
    return pairs;
  }

  private static boolean isNothing(JsonNode step) {
    return step.isMissingNode() || step.isNull();
  }

  /** Whether the steps are those that {@link WordCut} speaks of; bytes may come last only. */
  private static boolean cutsWords(JsonNode preTokenizer) {
    List<JsonNode> steps = steps(preTokenizer, "pretokenizers");
    boolean everywhere = false;
    for (int i = 0; i < steps.size(); i++) {
      JsonNode step = steps.get(i);
      switch (step.path("type").asText()) {
        case "Digits" -> {} // cuts beside digits, more or less often
        case "ByteLevel" -> {
          if (step.path("add_prefix_space").asBoolean(true) || i < steps.size() - 1) {
            return false;
          }
          everywhere |= step.path("use_regex").asBoolean(true);
        }
        case "Split" -> {
          String pattern = step.path("pattern").path("Regex").asText();
          if (!PreTokenizers.isKnown(pattern)
              || !step.path("behavior").asText().equals("Isolated")
              || step.path("invert").asBoolean()) {
            return false;
          }
          everywhere |= PreTokenizers.cutsEverywhere(pattern);
        }
        default -> {
          return false;
        }
      }
    }
    return everywhere;
  }

  /** Whether the text reaches the model whole, or in words that begin with a space. */
  private static boolean keepsText(JsonNode preTokenizer) {
    return isNothing(preTokenizer)
        || (preTokenizer.path("type").asText().equals("Metaspace")
            && preTokenizer.path("replacement").asText().equals("\u2581")
            && preTokenizer.path("prepend_scheme").asText().equals("never"));
  }

  private static boolean marksSpaces(JsonNode normalizer) {
    return steps(normalizer, "normalizers").stream()
        .allMatch(step ->
            step.path("type").asText().equals("Replace")
                && step.path("pattern").path("String").asText().equals(" ")
                && step.path("content").asText().equals("\u2581"));
  }

  private static List<JsonNode> steps(JsonNode step, String name) {
    List<JsonNode> steps = new ArrayList<>();
    if (step.path("type").asText().equals("Sequence")) {
      step.path(name).forEach(each -> steps.addAll(steps(each, name)));
    } else {
      steps.add(step);
    }
    return steps;
  }
}
