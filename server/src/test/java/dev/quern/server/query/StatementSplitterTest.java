package dev.quern.server.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatementSplitterTest {
  @Test
  void statementsEndAtSemicolonsAndTheLastMayDoWithout() {
    assertEquals(
        List.of("SELECT 1", "SELECT 2"), StatementSplitter.split(" SELECT 1 ;\n SELECT 2 ").all());
  }

  @Test
  void semicolonsInQuotesAndCommentsArePartOfTheStatement() {
    String text =
        """
        SELECT 'a;b', 'it''s; so', "col;umn" -- no; end
        /* nor ; here */ FROM t\
        """;
    assertEquals(List.of(text, "SELECT 2"), StatementSplitter.split(text + "; SELECT 2;").all());
  }

  @Test
  void blanksAndCommentsAloneAreNoStatement() {
    var split = StatementSplitter.split(";; -- nothing\n ; /* nor here");
    assertEquals(List.of(), split.all());
    assertEquals("", split.rest());
  }

  @Test
  void quotesHideCommentsAndCommentsHideQuotes() {
    assertEquals(
        List.of("SELECT '--', '/*'", "SELECT 1 -- it's\n + 1"),
        StatementSplitter.split("SELECT '--', '/*'; SELECT 1 -- it's\n + 1;").all());
  }

  @Test
  void openQuoteKeepsTheRestTogether() {
    var split = StatementSplitter.split("SELECT 1; SELECT 'open; SELECT 2;");
    assertEquals(List.of("SELECT 1"), split.statements());
    assertEquals("SELECT 'open; SELECT 2;", split.rest());
  }
}
