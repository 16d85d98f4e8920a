package dev.quern.server.batches;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.server.http.ApiException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which part of a list is asked for.
 *
 * @param after id behind which the page begins; it need not exist any more
 */
record Page(Optional<String> after, int limit, boolean descending) {

  /** One of a list: its id, by which it stands in the order of creation. */
  record Entry(String id, ObjectNode json) {}

  static Page of(Map<String, String> query, int usual, int most) throws ApiException {
    int limit = usual;
    if (query.containsKey("limit")) {
      try {
        limit = Integer.parseInt(query.get("limit"));
      } catch (NumberFormatException e) {
        limit = 0;
      }
      if (limit < 1 || limit > most) {
        throw ApiException.badRequest(
            "limit", "'limit' must be in [1, " + most + "] but is " + query.get("limit"));
      }
    }
    String order = query.getOrDefault("order", "desc");
    if (!order.equals("desc") && !order.equals("asc")) {
      throw ApiException.badRequest("order", "'order' must be asc or desc but is " + order);
    }
    return new Page(Optional.ofNullable(query.get("after")), limit, order.equals("desc"));
  }

  /**
   * OpenAI's list object.
   *
   * @param entries all, in the order of creation
   */
  ObjectNode json(List<Entry> entries) {
    List<Entry> behind =
        (descending ? entries.reversed() : entries)
            .stream()
                .filter(e -> after.isEmpty() || isBehind(e.id(), after.get()))
                .limit(limit + 1L)
                .toList();
    List<Entry> page = behind.subList(0, Math.min(limit, behind.size()));
    ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
    var data = list.putArray("data");
    page.forEach(e -> data.add(e.json()));
    return list.put("first_id", page.isEmpty() ? null : page.getFirst().id())
        .put("last_id", page.isEmpty() ? null : page.getLast().id())
        .put("has_more", behind.size() > limit);
  }

  private boolean isBehind(String id, String other) {
    return descending ? id.compareTo(other) < 0 : id.compareTo(other) > 0;
  }
}
