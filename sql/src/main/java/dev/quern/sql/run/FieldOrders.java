package dev.quern.sql.run;

import dev.quern.planner.JsonFields;
import dev.quern.planner.PromptTerm;
import dev.quern.planner.order.WindowOrders;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * The order of fields of each row of one PROMPT_ROW, chosen window by window. A row that came
 * before keeps its order, so that equal rows stay equal prompts. Bounded: when more characters are
 * held than {@code most}, rows unused for longest are forgotten, those of the last window and the
 * one before it excepted.
 */
final class FieldOrders {
  private static final long MOST_CHARACTERS = 1L << 25;

  /**
   * @param window number of the window that last had the row
   */
  private record Known(int[] order, int window) {}

  private final List<PromptTerm.Field> fields;
  private final List<String> names;
  private final long most;
  private final WindowOrders orders;
  private final Map<List<String>, Known> rows = new LinkedHashMap<>(16, 0.75f, true);
  private int window;
  private long characters;

  FieldOrders(PromptTerm.Fields term) {
    this(term, MOST_CHARACTERS);
  }

  FieldOrders(PromptTerm.Fields term, long most) {
    this.fields = term.fields();
    this.names = fields.stream().map(field -> JsonFields.text(field.name())).toList();
    this.orders = new WindowOrders(fields.stream().map(PromptTerm.Field::name).toList());
    this.most = most;
  }

  /** Chooses orders for the rows of a window that did not come before. */
  void window(List<Object[]> all) {
    var fresh = new LinkedHashSet<List<String>>();
    for (Object[] row : all) {
      List<String> values = values(row);
      Known known = rows.get(values);
      if (known == null) {
        fresh.add(values);
      } else {
        rows.put(values, new Known(known.order, window + 1));
      }
    }
    if (fresh.isEmpty()) {
      return;
    }
    window++;
    forget();
    List<List<String>> distinct = List.copyOf(fresh);
    int[][] chosen = orders.next(distinct);
    for (int i = 0; i < chosen.length; i++) {
      rows.put(distinct.get(i), new Known(chosen[i], window));
      characters += characters(distinct.get(i));
    }
  }

  private void forget() {
    Iterator<Map.Entry<List<String>, Known>> eldest = rows.entrySet().iterator();
    while (characters > most && eldest.hasNext()) {
      Map.Entry<List<String>, Known> entry = eldest.next();
      if (entry.getValue().window >= window - 1) {
        return;
      }
      characters -= characters(entry.getKey());
      eldest.remove();
    }
  }

  private static long characters(List<String> values) {
    return values.stream().mapToLong(String::length).sum();
  }

  /** The row's fields as JSON; a row that was in no window is one by itself. */
  String json(Object[] row) {
    List<String> values = values(row);
    if (!rows.containsKey(values)) {
      window(List.<Object[]>of(row));
    }
    return JsonFields.object(names, values, rows.get(values).order);
  }

  private List<String> values(Object[] row) {
    List<String> values = new ArrayList<>(fields.size());
    for (PromptTerm.Field field : fields) {
      values.add(JsonFields.value(row[field.column()], field.type()));
    }
    return values;
  }

  /** One for each PROMPT_ROW of a prompt. */
  static Map<PromptTerm.Fields, FieldOrders> of(List<PromptTerm> prompt) {
    Map<PromptTerm.Fields, FieldOrders> all = new HashMap<>();
    for (PromptTerm term : prompt) {
      if (term instanceof PromptTerm.Fields row) {
        all.computeIfAbsent(row, FieldOrders::new);
      }
    }
    return all;
  }
}
