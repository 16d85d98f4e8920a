package dev.quern.sql.run;

import java.util.ArrayList;
import java.util.List;

/** What a query's user should know although the query went on. */
public final class Warnings {
  private static final int KEPT = 20;

  private final List<String> messages = new ArrayList<>();
  private long failedRows;

  synchronized void failedRow(long row, String message) {
    failedRows++;
    if (messages.size() < KEPT) {
      messages.add("GENERATE failed in row " + row + ": " + message);
    }
  }

  /** Forgets all. */
  public synchronized void clear() {
    messages.clear();
    failedRows = 0;
  }

  /** The first messages, and how many rows failed in all. */
  public synchronized List<String> list() {
    List<String> all = new ArrayList<>(messages);
    if (failedRows > KEPT) {
      all.add("GENERATE failed in " + failedRows + " rows; the first " + KEPT + " are named");
    }
    return all;
  }
}
