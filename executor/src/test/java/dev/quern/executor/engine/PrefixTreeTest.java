package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.cache.PrefixCache;
import dev.quern.executor.engine.PromptRows.Row;
import dev.quern.executor.engine.PromptRows.State;
import dev.quern.executor.tokenizer.Tokenizer.StreamDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The tree of prompts that an operator sees, on values. */
final class PrefixTreeTest {
  private static final PrefixCache NOTHING_CACHED = new PrefixCache(4, 4, true, 0);

  /** Writes each id as {@code <id>}. */
  private static final class Ids implements StreamDecoder {
    @Override
    public String next(int id) {
      return "<" + id + ">";
    }

    @Override
    public String finish() {
      return "";
    }
  }

  private static Row row(State state, int... tokens) {
    return new Row(tokens, tokens.length, state);
  }

  private static PrefixTreeView view(int nodes, Row... rows) {
    return PrefixTreeViews.view(
        new PromptRows(List.of(rows), NOTHING_CACHED.prefixes()), nodes, Ids::new);
  }

  /** One line a node: text, tokens, running/waiting/done; children indented. */
  private static String lines(List<PrefixTreeView.Node> nodes, String indent) {
    var lines = new StringBuilder();
    for (PrefixTreeView.Node n : nodes) {
      lines
          .append(indent)
          .append(n.text())
          .append(' ')
          .append(n.running())
          .append('/')
          .append(n.waiting())
          .append('/')
          .append(n.done())
          .append('\n')
          .append(lines(n.children(), indent + "  "));
    }
    return lines.toString();
  }

  @Test
  void nodesEndWherePromptsPartOrEnd() {
    PrefixTreeView view =
        view(
            100,
            row(State.WAITING, 1, 2, 3, 5, 6),
            row(State.RUNNING, 1, 2, 3, 4),
            row(State.DONE, 1, 2, 3, 4),
            row(State.DONE, 1, 2),
            row(State.WAITING, 1, 2, 3, 5, 7),
            row(State.WAITING, 9));
    assertEquals(
        """
        <1><2> 1/2/2
          <3> 1/2/1
            <4> 1/0/1
            <5> 0/2/0
              <6> 0/1/0
              <7> 0/1/0
        <9> 0/1/0
        """,
        lines(view.roots(), ""));
    assertEquals(List.of(1, 3, 2), List.of(view.running(), view.waiting(), view.done()));
    assertEquals(21, view.promptTokens());
    assertEquals(8, view.treeTokens());
    assertEquals(PrefixTreeView.Rest.NONE, view.rest());
  }

  @Test
  void theLargestAreShownAndTheOthersSummedUpWhereTheyBelong() {
    PrefixTreeView view =
        view(
            3,
            row(State.DONE, 1, 2, 3),
            row(State.RUNNING, 1, 2, 4, 4),
            row(State.DONE, 1, 2, 5, 6),
            row(State.WAITING, 1, 2, 5, 7),
            row(State.WAITING, 8, 8, 8, 8, 8, 8));
    assertEquals(
        """
        <1><2> 1/1/2
          <5> 0/1/1
          <4><4> 1/0/0
        """,
        lines(view.roots(), ""));
    PrefixTreeView.Node head = view.roots().getFirst();
    assertEquals(new PrefixTreeView.Rest(1, 1, 0, 1), head.rest());
    assertEquals(new PrefixTreeView.Rest(2, 2, 0, 2), head.children().getFirst().rest());
    assertEquals(new PrefixTreeView.Rest(1, 6, 0, 1), view.rest());
  }

  /** Conversations of which each goes on where another ends. */
  @Test
  void aChainIsShownAsDeepAsCanBeWritten() {
    Row[] rows = new Row[1000];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row(State.DONE, IntStream.rangeClosed(0, i).toArray());
    }
    PrefixTreeView view = view(2000, rows);
    int depth = 0;
    PrefixTreeView.Rest rest = view.rest();
    for (var at = view.roots(); !at.isEmpty(); at = at.getFirst().children()) {
      depth++;
      rest = at.getFirst().rest();
    }
    assertEquals(PrefixTreeView.MOST_DEPTH, depth);
    int left = 1000 - depth;
    assertEquals(new PrefixTreeView.Rest(left, left, 0, left), rest);
  }

  @Test
  void textIsCutAtEightyCharacters() {
    int[] tokens = new int[50];
    Arrays.fill(tokens, 12);
    String text = view(1, row(State.WAITING, tokens)).roots().getFirst().text();
    assertEquals("<12>".repeat(20), text);
    assertThrows(IllegalArgumentException.class, () -> view(0));
  }

  @Test
  void sumsHoldForRandomPrompts() {
    List<State> states = List.of(State.RUNNING, State.WAITING, State.DONE);
    var random = new Random(3);
    for (int round = 0; round < 200; round++) {
      List<Row> rows = new ArrayList<>();
      Set<List<Integer>> prefixes = new HashSet<>();
      int count = 1 + random.nextInt(40);
      for (int i = 0; i < count; i++) {
        int[] tokens = random.ints(1 + random.nextInt(8), 0, 1 + random.nextInt(3)).toArray();
        List<Integer> ids = Arrays.stream(tokens).boxed().toList();
        for (int n = 1; n <= ids.size(); n++) {
          prefixes.add(ids.subList(0, n));
        }
        rows.add(row(states.get(random.nextInt(3)), tokens));
      }
      PrefixTreeView view = view(1 + random.nextInt(20), rows.toArray(Row[]::new));
      assertEquals(prefixes.size(), view.treeTokens(), rows::toString);
      long shown = view.rest().tokens() + view.roots().stream().mapToLong(this::tokens).sum();
      assertEquals(view.treeTokens(), shown);
      int among = view.rest().rows() + view.roots().stream().mapToInt(this::rows).sum();
      assertEquals(count, among);
      assertEquals(count, view.running() + view.waiting() + view.done());
    }
  }

  private long tokens(PrefixTreeView.Node node) {
    return node.tokens()
        + node.rest().tokens()
        + node.children().stream().mapToLong(this::tokens).sum();
  }

  private int rows(PrefixTreeView.Node node) {
    int beneath =
        node.rest().rows() + node.children().stream().mapToInt(PrefixTreeView.Node::rows).sum();
    assertTrue(beneath <= node.rows());
    node.children().forEach(this::rows);
    return node.rows();
  }
}
