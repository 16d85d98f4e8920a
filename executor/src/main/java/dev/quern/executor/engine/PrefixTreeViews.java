package dev.quern.executor.engine;

import dev.quern.executor.tokenizer.Tokenizer.StreamDecoder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Supplier;

/** Makes a {@link PrefixTreeView} of a tree: the largest nodes with their text. */
final class PrefixTreeViews {
  private static final int TEXT = 80;

  /** Most rows first, then those where something happens, then the longest. */
  private static final Comparator<PromptTree.Node> LARGEST =
      Comparator.<PromptTree.Node>comparingInt(n -> -n.rows())
          .thenComparingInt(n -> -n.running)
          .thenComparingInt(n -> n.from() - n.to);

  private final Supplier<StreamDecoder> decoders;
  private final Set<PromptTree.Node> shown = new HashSet<>();

  private PrefixTreeViews(Supplier<StreamDecoder> decoders) {
    this.decoders = decoders;
  }

  /**
   * @param nodes most nodes to show, at least 1
   * @param decoders gives a new decoder of the prompts' ids
   */
  static PrefixTreeView view(PromptRows prompts, int nodes, Supplier<StreamDecoder> decoders) {
    if (nodes < 1) {
      throw new IllegalArgumentException("nodes must be at least 1 but is " + nodes);
    }
    PromptTree.Node root = PromptTree.of(prompts);
    var views = new PrefixTreeViews(decoders);
    views.choose(root, nodes);
    return new PrefixTreeView(
        views.children(root),
        views.rest(root),
        root.running,
        root.waiting,
        root.done,
        prompts.rows().stream().mapToLong(PromptRows.Row::length).sum(),
        root.tokensBeneath,
        root.cachedBeneath);
  }

  private void choose(PromptTree.Node root, int nodes) {
    record Open(PromptTree.Node node, int level) {}
    var open = new PriorityQueue<>(Comparator.comparing(Open::node, LARGEST));
    root.children.forEach(n -> open.add(new Open(n, 1)));
    while (shown.size() < nodes && !open.isEmpty()) {
      Open next = open.remove();
      shown.add(next.node());
      if (next.level() < PrefixTreeView.MOST_DEPTH) {
        next.node().children.forEach(n -> open.add(new Open(n, next.level() + 1)));
      }
    }
  }

  private List<PrefixTreeView.Node> children(PromptTree.Node above) {
    List<PrefixTreeView.Node> views = new ArrayList<>();
    above.children.stream()
        .filter(shown::contains)
        .sorted(LARGEST)
        .forEach(n -> views.add(view(n)));
    return views;
  }

  private PrefixTreeView.Node view(PromptTree.Node node) {
    return new PrefixTreeView.Node(
        text(node),
        node.to - node.from(),
        node.cachedTokens,
        node.running,
        node.waiting,
        node.done,
        children(node),
        rest(node));
  }

  private PrefixTreeView.Rest rest(PromptTree.Node above) {
    int nodes = 0;
    long tokens = 0;
    long cached = 0;
    int rows = 0;
    for (PromptTree.Node n : above.children) {
      if (!shown.contains(n)) {
        nodes += 1 + n.nodesBeneath;
        tokens += n.to - n.from() + n.tokensBeneath;
        cached += n.cachedTokens + n.cachedBeneath;
        rows += n.rows();
      }
    }
    return new PrefixTreeView.Rest(nodes, tokens, cached, rows);
  }

  private String text(PromptTree.Node node) {
    StreamDecoder decoder = decoders.get();
    var text = new StringBuilder();
    int at = node.from();
    while (at < node.to && text.length() < TEXT) {
      text.append(decoder.next(node.tokens[at++]));
    }
    if (text.length() < TEXT) {
      text.append(decoder.finish());
    }
    if (text.length() > TEXT) {
      text.setLength(Character.isHighSurrogate(text.charAt(TEXT - 1)) ? TEXT - 1 : TEXT);
    }
    return text.toString();
  }
}
