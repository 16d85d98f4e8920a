package dev.quern.sql.run;

import dev.quern.sql.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.calcite.linq4j.Enumerator;

/** Rows that are shown window by window, as GENERATE reads them, before they pass one by one. */
public final class WindowedRows implements Enumerator<Object[]> {
  private final Enumerator<Object[]> input;
  private final Consumer<List<Object[]>> seen;
  private final WindowSizes sizes;
  private List<Object[]> window = List.of();
  private int next;

  /**
   * @param calls calls of a row
   * @param seen is shown each window
   */
  public WindowedRows(
      SessionOptions options,
      OptionalLong demand,
      int calls,
      Enumerator<Object[]> input,
      Consumer<List<Object[]>> seen) {
    this.input = input;
    this.seen = seen;
    this.sizes = new WindowSizes(options, demand, calls);
  }

  @Override
  public boolean moveNext() {
    if (next == window.size()) {
      window = new ArrayList<>();
      next = 0;
      while (window.size() < sizes.next() && input.moveNext()) {
        window.add(input.current());
      }
      sizes.used();
      seen.accept(window);
    }
    return next++ < window.size();
  }

  @Override
  public Object[] current() {
    return window.get(next - 1);
  }

  @Override
  public void reset() {
    throw new UnsupportedOperationException("rows pass once");
  }

  @Override
  public void close() {
    input.close();
  }
}
