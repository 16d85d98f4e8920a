package dev.quern.sql.prefix;

import dev.quern.connectors.TextTable;
import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.tokenizer.Tokenizer;
import dev.quern.planner.JsonFields;
import dev.quern.planner.order.FieldOrder;
import dev.quern.planner.order.FieldOrderSolver;
import dev.quern.planner.order.FieldTable;
import dev.quern.planner.order.Prefixes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Shares of a table's prompts that a prefix cache without bounds would serve, by the order of rows
 * and fields.
 *
 * @param solverSeconds wall time of choosing the order of rows and fields, on one thread
 */
public record PrefixReport(
    int rows,
    List<String> fields,
    Share asWritten,
    Share rowOrder,
    Share fieldOrder,
    double solverSeconds) {
  /** What is measured, for people who read the figures. */
  public static final String MEASURE =
      "share of what an unbounded cache would serve: each prompt's longest common prefix with any"
          + " earlier prompt, summed, over the prompts' total length; a prompt is the row's fields"
          + " as one JSON object, tokens are the embedded model's";

  /** Shares from 0 to 1. */
  public record Share(double characters, double tokens) {}

  /** Measures a table; reads nothing else and spends no token. */
  public static PrefixReport of(TextTable table, Tokenizer tokenizer) {
    List<String> names = table.names();
    int rows = table.columns().getFirst().size();
    int[] written = IntStream.range(0, names.size()).toArray();
    int[][] same = new int[rows][];
    Arrays.fill(same, written);
    int[] scan = IntStream.range(0, rows).toArray();

    var json = new Prompts(table);

    long start = System.nanoTime();
    FieldOrder solved = FieldOrderSolver.solve(FieldTable.of(names, json.columns));
    double seconds = (System.nanoTime() - start) / 1e9;

    Share asWritten = share(json, new FieldOrder(scan, same), tokenizer);
    return new PrefixReport(
        rows,
        names,
        asWritten,
        // A cache without bounds serves the same prefixes in any order of rows: sorting pays where
        // memory is short.
        asWritten,
        share(json, solved, tokenizer),
        seconds);
  }

  /** A table's names and values as JSON texts. */
  private record Prompts(List<String> names, List<List<String>> columns) {
    Prompts(TextTable table) {
      this(quoted(table.names()), table.columns().stream().map(Prompts::quoted).toList());
    }

    private static List<String> quoted(List<String> texts) {
      return texts.stream().map(JsonFields::text).toList();
    }

    String of(int row, int[] order) {
      return JsonFields.object(names, columns.stream().map(c -> c.get(row)).toList(), order);
    }
  }

  private static Share share(Prompts json, FieldOrder order, Tokenizer tokenizer) {
    List<String> prompts =
        IntStream.range(0, order.rows().length)
            .mapToObj(i -> json.of(order.rows()[i], order.fields()[i]))
            .toList();
    List<int[]> tokens =
        prompts.stream().map(p -> tokenizer.encode(List.of(PromptPart.value(p)))).toList();
    long characters = prompts.stream().mapToLong(p -> p.codePointCount(0, p.length())).sum();
    long ids = tokens.stream().mapToLong(t -> t.length).sum();
    return new Share(
        ratio(Prefixes.sharedCharacters(prompts), characters),
        ratio(Prefixes.sharedTokens(tokens), ids));
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
