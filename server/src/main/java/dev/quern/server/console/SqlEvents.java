package dev.quern.server.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.server.http.Reply;
import java.io.IOException;
import java.util.List;

/** The events of a request in their order; rows are collected and go out together. */
final class SqlEvents {
  private static final int ROWS = 200;
  private static final int CHARACTERS = 1 << 16;

  private final Reply reply;
  private ArrayNode rows = JsonNodeFactory.instance.arrayNode();
  private int characters;

  SqlEvents(Reply reply) {
    this.reply = reply;
  }

  static ObjectNode event(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }

  /** Sends an event behind the rows that came before it. */
  synchronized void send(ObjectNode event) throws IOException, InterruptedException {
    flush();
    reply.event(event.toString());
  }

  synchronized void row(List<String> cells) throws IOException, InterruptedException {
    ArrayNode row = rows.addArray();
    for (String cell : cells) {
      row.add(cell);
      characters += cell == null ? 0 : cell.length();
    }
    if (rows.size() >= ROWS || characters >= CHARACTERS) {
      flush();
    }
  }

  synchronized void flush() throws IOException, InterruptedException {
    if (!rows.isEmpty()) {
      ObjectNode event = event("rows");
      event.set("rows", rows);
      rows = JsonNodeFactory.instance.arrayNode();
      characters = 0;
      reply.event(event.toString());
    }
  }
}
