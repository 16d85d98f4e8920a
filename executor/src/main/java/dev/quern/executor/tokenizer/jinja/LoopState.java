package dev.quern.executor.tokenizer.jinja;

import java.util.List;

/** The variable {@code loop} at one item. */
record LoopState(List<Object> items, int index, int depth) {
  Object member(String name) {
    return switch (name) {
      case "index" -> (long) index + 1;
      case "index0" -> (long) index;
      case "revindex" -> (long) items.size() - index;
      case "revindex0" -> (long) items.size() - index - 1;
      case "first" -> index == 0;
      case "last" -> index == items.size() - 1;
      case "length" -> (long) items.size();
      case "depth" -> (long) depth;
      case "depth0" -> (long) depth - 1;
      case "previtem" -> index > 0 ? items.get(index - 1) : new Undefined("previtem");
      case "nextitem" ->
          index + 1 < items.size() ? items.get(index + 1) : new Undefined("nextitem");
      default -> throw JinjaException.of("loop." + name + " is not supported");
    };
  }
}
