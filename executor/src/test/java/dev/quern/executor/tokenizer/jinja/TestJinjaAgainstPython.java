package dev.quern.executor.tokenizer.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Templates of published models (gold.json) and single constructs (micro.json), each with what
 * Python's jinja2 makes of it.
 */
class TestJinjaAgainstPython {
  /** A template, its variables and the expectation. */
  record Case(String name, String template, Map<String, Object> variables, JsonNode expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String file : List.of("gold", "micro")) {
      try (InputStream in =
          TestJinjaAgainstPython.class.getResourceAsStream("/tokenizer/jinja/" + file + ".json")) {
        for (Map.Entry<String, JsonNode> entry : new ObjectMapper().readTree(in).properties()) {
          JsonNode value = entry.getValue();
          Map<String, Object> variables = new LinkedHashMap<>();
          value.get("ctx").forEachEntry((name, each) -> variables.put(name, java(each)));
          Function now = (_, _) -> "22 Nov 2026"; // as the expectations were made
          variables.put("strftime_now", now);
          cases.add(
              new Case(entry.getKey(), value.get("tpl").asText(), variables, value.get("exp")));
        }
      }
    }
    assertEquals(150, cases.size());
    return cases.stream();
  }

  private static Object java(JsonNode node) {
    return switch (node.getNodeType()) {
      case NULL, MISSING -> null;
      case BOOLEAN -> node.asBoolean();
      case NUMBER -> node.isIntegralNumber() ? (Object) node.asLong() : node.asDouble();
      case STRING -> node.asText();
      case ARRAY -> {
        List<Object> list = new ArrayList<>();
        node.forEach(each -> list.add(java(each)));
        yield list;
      }
      case OBJECT -> {
        Map<Object, Object> map = new LinkedHashMap<>();
        node.forEachEntry((name, each) -> map.put(name, java(each)));
        yield map;
      }
      case BINARY, POJO -> throw new AssertionError(node);
    };
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rendersAsPythonDoes(Case one) {
    if (one.expected().has("ok")) {
      String text = JinjaTemplate.parse(one.template()).render(one.variables());
      assertEquals(one.expected().get("ok").asText(), text);
    } else {
      JinjaException error =
          assertThrows(
              JinjaException.class,
              () -> JinjaTemplate.parse(one.template()).render(one.variables()));
      String expected = one.expected().get("err").asText();
      if (expected.startsWith("TemplateError: ")) {
        assertTrue(error.raised());
        assertTrue(error.getMessage().startsWith(expected.substring("TemplateError: ".length())));
      }
    }
  }
}
