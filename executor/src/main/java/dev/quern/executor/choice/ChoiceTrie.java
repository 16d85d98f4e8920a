package dev.quern.executor.choice;

import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The token ids of all spellings of some choices, as a tree. Does not change. */
public final class ChoiceTrie {
  /** Ids are taken behind this text: no tokenizer joins it with what follows. */
  private static final PromptPart LEAD = PromptPart.literal("\n");

  /** One place in the tree. */
  static final class Node {
    final SortedMap<Integer, Node> children = new TreeMap<>();

    /** Choices that end here or below. */
    final BitSet choices = new BitSet();

    /** The choice that ends here, -1 for none. */
    int end = -1;
  }

  private final Choices choices;
  private final Node root = new Node();
  private int depth;

  private ChoiceTrie(Choices choices) {
    this.choices = choices;
  }

  /**
   * @throws IllegalArgumentException when two choices cannot be told apart by their tokens
   */
  public static ChoiceTrie of(Choices choices, Tokenizer tokenizer) {
    var trie = new ChoiceTrie(choices);
    List<String> texts = choices.texts();
    for (int choice = 0; choice < texts.size(); choice++) {
      int other = trie.add(choice, ids(tokenizer, texts.get(choice)));
      if (other != choice) {
        throw new IllegalArgumentException(
            "choices '"
                + texts.get(other)
                + "' and '"
                + texts.get(choice)
                + "' have the same tokens; give them other words");
      }
    }
    // A spelling that is another choice's own text counts for that one.
    for (int choice = 0; choice < texts.size(); choice++) {
      for (String spelling : Choices.spellings(texts.get(choice))) {
        trie.add(choice, ids(tokenizer, spelling));
      }
    }
    return trie;
  }

  /** The ids of a text that begins an answer. */
  private static int[] ids(Tokenizer tokenizer, String text) {
    int[] lead = tokenizer.encode(List.of(LEAD));
    int[] both = tokenizer.encode(List.of(LEAD, PromptPart.value(text)));
    return both.length > lead.length && Arrays.mismatch(lead, both) == lead.length
        ? Arrays.copyOfRange(both, lead.length, both.length)
        : tokenizer.encode(List.of(PromptPart.value(text)));
  }

  /** Adds a spelling, unless one stands there; the choice whose spelling it is. */
  private int add(int choice, int[] ids) {
    Node node = root;
    for (int id : ids) {
      node = node.children.get(id);
      if (node == null) {
        break;
      }
    }
    if (node != null && node.end >= 0) {
      return node.end;
    }
    node = root;
    node.choices.set(choice);
    for (int id : ids) {
      node = node.children.computeIfAbsent(id, _ -> new Node());
      node.choices.set(choice);
    }
    node.end = choice;
    depth = Math.max(depth, ids.length);
    return choice;
  }

  Node root() {
    return root;
  }

  Choices choices() {
    return choices;
  }

  /** Most tokens of a spelling. */
  public int depth() {
    return depth;
  }

  /** Whether some choice ends where another goes on, so that an id must tell the end. */
  public boolean needsEnd() {
    return needsEnd(root);
  }

  private static boolean needsEnd(Node node) {
    return node.choices.cardinality() > 1
        && (node.end >= 0 || node.children.values().stream().anyMatch(ChoiceTrie::needsEnd));
  }
}
