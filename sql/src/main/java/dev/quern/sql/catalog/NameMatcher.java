package dev.quern.sql.catalog;

import com.google.common.collect.Iterables;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.validate.SqlNameMatcher;
import org.apache.calcite.sql.validate.SqlNameMatchers;

/**
 * Names match in any case. Where columns differ only by case, the one written exactly so is meant,
 * and any other spelling is ambiguous.
 */
final class NameMatcher implements SqlNameMatcher {
  private final SqlNameMatcher anyCase = SqlNameMatchers.withCaseSensitive(false);

  /** True, or Calcite would call columns ambiguous that differ by case; the rest decides here. */
  @Override
  public boolean isCaseSensitive() {
    return true;
  }

  @Override
  public boolean matches(String string, String name) {
    return anyCase.matches(string, name);
  }

  @Override
  public <K extends List<String>, V> V get(
      Map<K, V> map, List<String> prefixNames, List<String> names) {
    return anyCase.get(map, prefixNames, names);
  }

  @Override
  public String bestString() {
    return anyCase.bestString();
  }

  @Override
  public RelDataTypeField field(RelDataType row, String name) {
    RelDataTypeField exact = row.getField(name, true, false);
    if (exact != null) {
      return exact;
    }
    List<String> others =
        row.getFieldNames().stream().filter(field -> field.equalsIgnoreCase(name)).toList();
    if (others.size() > 1) {
      throw new QueryException(
          State.NO_COLUMN,
          "column '"
              + name
              + "' is ambiguous: "
              + String.join(", ", others)
              + " differ only by case; write the one you mean in double quotes");
    }
    return anyCase.field(row, name);
  }

  @Override
  public int frequency(Iterable<String> names, String name) {
    int exact = Iterables.frequency(names, name);
    return exact > 0 ? exact : anyCase.frequency(names, name);
  }

  @Override
  public Set<String> createSet() {
    return anyCase.createSet();
  }
}
