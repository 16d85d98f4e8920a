package dev.quern.executor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/** Methods of Python's str, dict and list that do not change them. */
final class Methods {
  private static final Set<String> OF_STRINGS =
      Set.of(
          "strip",
          "lstrip",
          "rstrip",
          "split",
          "rsplit",
          "splitlines",
          "startswith",
          "endswith",
          "upper",
          "lower",
          "title",
          "capitalize",
          "replace",
          "join",
          "find",
          "rfind",
          "index",
          "count",
          "removeprefix",
          "removesuffix",
          "isdigit",
          "isspace",
          "isupper",
          "islower");
  private static final Set<String> OF_DICTS = Set.of("items", "keys", "values", "get", "copy");
  private static final Set<String> OF_LISTS = Set.of("index", "count", "copy");

  private Methods() {}

  /** The method, or empty when the value's kind has none of that name. */
  static Optional<Function> find(Object target, String name) {
    return switch (target) {
      case String text when OF_STRINGS.contains(name) ->
          Optional.of((p, n) -> string(text, new Arguments("str." + name, p, n), name));
      case Content content when OF_STRINGS.contains(name) ->
          Optional.of((p, n) -> {
            if (name.equals("strip") && p.isEmpty() && n.isEmpty()) {
              return content.trimmed();
            }
            throw Content.dependent();
          });
      case Map<?, ?> map when OF_DICTS.contains(name) ->
          Optional.of((p, n) -> dict(map, new Arguments("dict." + name, p, n), name));
      case List<?> list when OF_LISTS.contains(name) ->
          Optional.of((p, n) -> list(list, new Arguments("list." + name, p, n), name));
      case null, default -> Optional.empty();
    };
  }

  private static Object string(String text, Arguments a, String name) {
    return switch (name) {
      case "strip" -> Strings.strip(text, true, true, dropped(a));
      case "lstrip" -> Strings.strip(text, true, false, dropped(a));
      case "rstrip" -> Strings.strip(text, false, true, dropped(a));
      case "split", "rsplit" -> split(text, a.allow(2, "sep", "maxsplit"), name.equals("split"));
      case "splitlines" -> {
        a.allow(0);
        yield Strings.lines(text);
      }
      case "startswith" -> affix(a, prefix -> Strings.startsWith(text, prefix));
      case "endswith" -> affix(a, suffix -> Strings.endsWith(text, suffix));
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "title" -> Strings.title(text);
      case "capitalize" -> Strings.capitalize(text);
      case "replace" ->
          Strings.replace(
              text,
              Values.string(a.allow(3, "count").need(0, "old")),
              Values.string(a.need(1, "new")),
              Values.integer(a.get(2, "count", -1L)));
      case "join" -> Filters.join(Values.iterate(a.allow(1).need(0, "iterable")), text);
      case "find" -> Strings.find(text, text.indexOf(only(a)));
      case "rfind" -> Strings.find(text, text.lastIndexOf(only(a)));
      case "index" -> {
        int at = text.indexOf(only(a));
        if (at < 0) {
          throw JinjaException.of("substring not found");
        }
        yield Strings.find(text, at);
      }
      case "count" -> Strings.count(text, only(a));
      case "removeprefix" -> {
        String prefix = only(a);
        yield text.startsWith(prefix) ? text.substring(prefix.length()) : text;
      }
      case "removesuffix" -> {
        String suffix = only(a);
        yield text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
      }
      case "isdigit" -> !text.isEmpty() && text.codePoints().allMatch(Character::isDigit);
      case "isspace" -> !text.isEmpty() && text.codePoints().allMatch(Strings::isSpace);
      case "isupper" ->
          text.codePoints().anyMatch(Character::isUpperCase)
              && text.codePoints().noneMatch(Character::isLowerCase);
      case "islower" ->
          text.codePoints().anyMatch(Character::isLowerCase)
              && text.codePoints().noneMatch(Character::isUpperCase);
      default -> throw JinjaException.of("str." + name + " is not supported");
    };
  }

  private static String only(Arguments a) {
    return Values.string(a.allow(1).need(0, "sub"));
  }

  /** The characters that strip drops: those given, else white space. */
  static IntPredicate dropped(Arguments a) {
    Object characters = a.allow(1, "chars").get(0, "chars", null);
    if (characters == null) {
      return Strings::isSpace;
    }
    String set = Values.string(characters);
    return c -> set.indexOf(c) >= 0;
  }

  private static Object split(String text, Arguments a, boolean fromLeft) {
    Object separator = a.get(0, "sep", null);
    long limit = Values.integer(a.get(1, "maxsplit", -1L));
    if (separator == null) {
      if (limit >= 0) {
        throw JinjaException.of("split at white space with a limit is not supported");
      }
      return Strings.words(text);
    }
    String at = Values.string(separator);
    return fromLeft ? Strings.split(text, at, limit) : Strings.splitRight(text, at, limit);
  }

  private static boolean affix(Arguments a, java.util.function.Predicate<String> has) {
    Object affix = a.allow(1).need(0, "prefix");
    List<Object> any = affix instanceof PyTuple(var items) ? items : List.of(Values.string(affix));
    return any.stream().map(Values::string).anyMatch(has);
  }

  private static Object dict(Map<?, ?> map, Arguments a, String name) {
    return switch (name) {
      case "items" -> items(map);
      case "keys" -> new ArrayList<Object>(map.keySet());
      case "values" -> new ArrayList<Object>(map.values());
      case "copy" -> new LinkedHashMap<Object, Object>(map);
      default -> {
        Object key = Values.key(a.allow(2, "default").need(0, "key"));
        yield map.containsKey(key) ? map.get(key) : a.get(1, "default", null);
      }
    };
  }

  static List<Object> items(Map<?, ?> map) {
    List<Object> items = new ArrayList<>();
    map.forEach((k, v) -> items.add(new PyTuple(java.util.Arrays.asList(k, v))));
    return items;
  }

  private static Object list(List<?> list, Arguments a, String name) {
    if (name.equals("copy")) {
      return new ArrayList<Object>(list);
    }
    Object wanted = a.allow(1).need(0, "value");
    long count = 0;
    for (int i = 0; i < list.size(); i++) {
      if (Values.equal(list.get(i), wanted)) {
        if (name.equals("index")) {
          return (long) i;
        }
        count++;
      }
    }
    if (name.equals("index")) {
      throw JinjaException.of(Values.repr(wanted) + " is not in the list");
    }
    return count;
  }
}
