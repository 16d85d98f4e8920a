package dev.quern.server.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.PrefixTreeView;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.Reply;
import dev.quern.server.http.Request;
import java.io.IOException;
import java.util.List;

/** {@code GET /quern/v1/tree?nodes=N}: what the prompts share that run and wait in the engine. */
record TreeHandler(GenerateEngine engine) {
  private static final int NODES = 200;
  private static final int MOST_NODES = 2000;

  void tree(Request asked, Reply reply) throws ApiException, IOException, InterruptedException {
    PrefixTreeView view = engine.prefixTree(nodes(asked.query().get("nodes")));
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("running", view.running())
            .put("waiting", view.waiting())
            .put("done", view.done())
            .put("promptTokens", view.promptTokens())
            .put("treeTokens", view.treeTokens())
            .put("cachedTokens", view.cachedTokens());
    children(answer, view.roots(), view.rest());
    reply.send(200, answer);
  }

  private static int nodes(String given) throws ApiException {
    if (given == null) {
      return NODES;
    }
    try {
      int nodes = Integer.parseInt(given);
      if (nodes >= 1 && nodes <= MOST_NODES) {
        return nodes;
      }
    } catch (NumberFormatException e) {
      // No number is answered like a number out of range.
    }
    throw ApiException.badRequest(
        "nodes", "'nodes' must be in [1, " + MOST_NODES + "] but is " + given);
  }

  private static void children(
      ObjectNode above, List<PrefixTreeView.Node> nodes, PrefixTreeView.Rest rest) {
    ArrayNode children = above.putArray("children");
    for (PrefixTreeView.Node node : nodes) {
      ObjectNode child =
          children
              .addObject()
              .put("text", node.text())
              .put("tokens", node.tokens())
              .put("cachedTokens", node.cachedTokens())
              .put("running", node.running())
              .put("waiting", node.waiting())
              .put("done", node.done());
      children(child, node.children(), node.rest());
    }
    if (rest.nodes() > 0) {
      above
          .putObject("rest")
          .put("nodes", rest.nodes())
          .put("tokens", rest.tokens())
          .put("cachedTokens", rest.cachedTokens())
          .put("rows", rest.rows());
    }
  }
}
