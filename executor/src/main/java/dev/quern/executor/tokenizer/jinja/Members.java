package dev.quern.executor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Attributes, items and slices. Only what is written here can be reached from a template. */
final class Members {
  private Members() {}

  /** {@code target.name}: a method or member first, then an item. */
  static Object attribute(Object target, String name) {
    Optional<Function> method = Methods.find(target, name);
    if (method.isPresent()) {
      return method.get();
    }
    return switch (target) {
      case LoopState loop -> loop.member(name);
      case Namespace(var members) ->
          members.containsKey(name) ? members.get(name) : new Undefined(name);
      case Undefined(var missing) -> throw JinjaException.of("'" + missing + "' is undefined");
      case Map<?, ?> map -> map.containsKey(name) ? map.get(name) : new Undefined(name);
      case null, default -> new Undefined(name);
    };
  }

  /** {@code target[index]}: an item first, then an attribute. */
  static Object item(Object target, Object index) {
    if (index instanceof Content) {
      throw Content.dependent();
    }
    return switch (target) {
      case Map<?, ?> map when map.containsKey(Values.key(index)) -> map.get(index);
      case List<?> list when index instanceof Long at -> at(list, at);
      case PyTuple(var items) when index instanceof Long at -> at(items, at);
      case String text when index instanceof Long at -> at(Values.iterate(text), at);
      case Content _ -> throw Content.dependent();
      case Undefined(var missing) -> throw JinjaException.of("'" + missing + "' is undefined");
      case null, default ->
          index instanceof String name
              ? attribute(target, name)
              : new Undefined(Values.text(index));
    };
  }

  private static Object at(List<?> list, long index) {
    long place = index < 0 ? index + list.size() : index;
    return place >= 0 && place < list.size()
        ? list.get((int) place)
        : new Undefined("item " + index);
  }

  static Object slice(Object target, Optional<Long> start, Optional<Long> stop, long step) {
    if (step == 0) {
      throw JinjaException.of("a slice step cannot be zero");
    }
    return switch (target) {
      case String text ->
          String.join(
              "",
              slice(Values.iterate(text), start, stop, step).stream().map(Values::text).toList());
      case List<?> list -> slice(list, start, stop, step);
      case PyTuple(var items) -> new PyTuple(slice(items, start, stop, step));
      case Content _ -> throw Content.dependent();
      case null, default -> throw JinjaException.of(Values.type(target) + " cannot be sliced");
    };
  }

  private static List<Object> slice(
      List<?> list, Optional<Long> start, Optional<Long> stop, long step) {
    int size = list.size();
    long low = step > 0 ? 0 : -1;
    long high = step > 0 ? size : size - 1;
    long from = start.map(s -> clamp(s, size, low, high)).orElse(step > 0 ? low : high);
    long to = stop.map(s -> clamp(s, size, low, high)).orElse(step > 0 ? high : low);
    List<Object> slice = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      slice.add(list.get((int) i));
    }
    return slice;
  }

  private static long clamp(long bound, int size, long low, long high) {
    return Math.clamp(bound < 0 ? bound + size : bound, low, high);
  }
}
