package dev.quern.executor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Filters of lists and dictionaries. */
final class ListFilters {
  private static final Set<String> KNOWN =
      Set.of(
          "list",
          "first",
          "last",
          "sum",
          "sort",
          "reverse",
          "unique",
          "min",
          "max",
          "map",
          "select",
          "reject",
          "selectattr",
          "rejectattr",
          "items",
          "dictsort");

  private ListFilters() {}

  static boolean knows(String name) {
    return KNOWN.contains(name);
  }

  static Object apply(Object value, Arguments a) {
    if (a.name().equals("items")) {
      return items(value, a);
    }
    if (a.name().equals("reverse") && value instanceof String text) {
      a.allow(0);
      return String.join("", Values.iterate(text).reversed().stream().map(Values::text).toList());
    }
    List<Object> list = Values.iterate(value);
    return switch (a.name()) {
      case "list" -> a.allow(0).positional().isEmpty() ? new ArrayList<>(list) : list;
      case "first" ->
          a.allow(0).positional().isEmpty() && !list.isEmpty() ? list.getFirst() : none();
      case "last" -> a.allow(0).positional().isEmpty() && !list.isEmpty() ? list.getLast() : none();
      case "sum" -> {
        Object total = a.allow(2, "attribute", "start").get(1, "start", 0L);
        for (Object item : attributes(list, a.get(0, "attribute", null))) {
          total = Operators.apply("+", total, item);
        }
        yield total;
      }
      case "sort" -> sort(list, a.allow(3, "reverse", "case_sensitive", "attribute"));
      case "reverse" -> {
        a.allow(0);
        yield new ArrayList<>(list.reversed());
      }
      case "unique" -> unique(list, a.allow(0));
      case "min", "max" -> {
        a.allow(0);
        Comparator<Object> order = (x, y) -> Values.compare(folded(x, false), folded(y, false));
        yield list.isEmpty()
            ? none()
            : a.name().equals("min") ? Collections.min(list, order) : Collections.max(list, order);
      }
      case "map" -> map(list, a);
      case "select" -> list.stream().filter(test(a, 0)).toList();
      case "reject" -> list.stream().filter(test(a, 0).negate()).toList();
      case "selectattr" -> list.stream().filter(attributeTest(a)).toList();
      case "rejectattr" -> list.stream().filter(attributeTest(a).negate()).toList();
      case "dictsort" -> dictsort(value, a.allow(0));
      default -> throw JinjaException.of("filter '" + a.name() + "' is not supported");
    };
  }

  private static Undefined none() {
    return new Undefined("item of an empty sequence");
  }

  private static Object items(Object value, Arguments a) {
    a.allow(0);
    return switch (value) {
      case Map<?, ?> map -> Methods.items(map);
      case Undefined _ -> List.of();
      case null, default -> throw JinjaException.of("items needs a dict");
    };
  }

  private static Object dictsort(Object value, Arguments a) {
    if (!(value instanceof Map<?, ?> map)) {
      throw JinjaException.of(a.name() + " needs a dict");
    }
    List<Object> items = Methods.items(map);
    items.sort((x, y) -> Values.compare(folded(key(x), false), folded(key(y), false)));
    return items;
  }

  private static Object key(Object item) {
    return ((PyTuple) item).items().getFirst();
  }

  private static Object folded(Object value, boolean caseSensitive) {
    return value instanceof String text && !caseSensitive ? text.toLowerCase(Locale.ROOT) : value;
  }

  private static List<Object> sort(List<Object> list, Arguments a) {
    boolean caseSensitive = Values.truth(a.get(1, "case_sensitive", false));
    Object attribute = a.get(2, "attribute", null);
    Comparator<Object> order =
        (x, y) ->
            Values.compare(
                folded(attribute(x, attribute), caseSensitive),
                folded(attribute(y, attribute), caseSensitive));
    List<Object> sorted = new ArrayList<>(list);
    sorted.sort(Values.truth(a.get(0, "reverse", false)) ? order.reversed() : order);
    return sorted;
  }

  private static List<Object> unique(List<Object> list, Arguments a) {
    List<Object> kept = new ArrayList<>();
    for (Object item : list) {
      boolean seen =
          kept.stream().anyMatch(other -> Values.equal(folded(other, false), folded(item, false)));
      if (kept.size() > 10_000) {
        throw JinjaException.of(a.name() + ": too many items");
      }
      if (!seen) {
        kept.add(item);
      }
    }
    return kept;
  }

  private static Object attribute(Object value, Object name) {
    if (name == null) {
      return value;
    }
    Object found = value;
    for (Object step : Strings.split(Values.text(name), ".", -1)) {
      found = Members.item(found, index(Values.text(step)));
    }
    return found;
  }

  private static Object index(String step) {
    return !step.isEmpty() && step.chars().allMatch(c -> c >= '0' && c <= '9')
        ? (Object) Long.parseLong(step)
        : step;
  }

  private static List<Object> attributes(List<Object> list, Object name) {
    List<Object> found = new ArrayList<>(list.size());
    list.forEach(item -> found.add(attribute(item, name)));
    return found;
  }

  private static List<Object> map(List<Object> list, Arguments a) {
    if (a.named().containsKey("attribute")) {
      a.allow(0, "attribute", "default");
      List<Object> found = attributes(list, a.named().get("attribute"));
      if (a.named().containsKey("default")) {
        found.replaceAll(item -> item instanceof Undefined ? a.named().get("default") : item);
      }
      return found;
    }
    String filter = Values.string(a.need(0, "filter"));
    if (!Filters.knows(filter)) {
      throw JinjaException.of("filter '" + filter + "' is not supported");
    }
    Arguments inner = new Arguments(filter, rest(a, 1), a.named());
    List<Object> mapped = new ArrayList<>();
    list.forEach(item -> mapped.add(Filters.apply(item, inner)));
    return mapped;
  }

  private static List<Object> rest(Arguments a, int from) {
    return a.positional().subList(from, a.positional().size());
  }

  private static Predicate<Object> test(Arguments a, int place) {
    if (a.positional().size() <= place) {
      return Values::truth;
    }
    String name = Values.string(a.positional().get(place));
    if (!Tests.knows(name)) {
      throw JinjaException.of("test '" + name + "' is not supported");
    }
    Arguments inner = new Arguments(name, rest(a, place + 1), a.named());
    return item -> Tests.test(item, inner);
  }

  private static Predicate<Object> attributeTest(Arguments a) {
    Object name = a.need(0, "attribute");
    Predicate<Object> test = test(a, 1);
    return item -> test.test(attribute(item, name));
  }
}
