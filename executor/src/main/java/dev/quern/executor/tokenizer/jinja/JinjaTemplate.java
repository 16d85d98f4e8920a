package dev.quern.executor.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A Jinja template, read once and rendered many times by any number of threads. It is a small
 * language of its own: a template reaches the values it is given and nothing else, and ends within
 * fixed limits of steps, nesting and text.
 */
public final class JinjaTemplate {
  private final String source;
  private final Set<String> names;
  private final List<Stmt> body;
  private final boolean ambiguous;

  private JinjaTemplate(String source, Set<String> names, List<Stmt> body, boolean ambiguous) {
    this.source = source;
    this.names = names;
    this.body = body;
    this.ambiguous = ambiguous;
  }

  /**
   * Reads a template.
   *
   * @throws JinjaException quoting the construct that is wrong or not supported
   */
  public static JinjaTemplate parse(String source) {
    boolean ambiguous =
        Content.isAmbiguous(source) || source.contains("\\u") || source.contains("\\U");
    List<Chunk> chunks = Splitter.split(source);
    return new JinjaTemplate(source, Names.read(chunks), TemplateParser.parse(chunks), ambiguous);
  }

  /** The template as it was written. */
  public String source() {
    return source;
  }

  /** Whether the template looks at the variable of this name, be it only to ask if it is there. */
  public boolean reads(String name) {
    return names.contains(name);
  }

  /**
   * Renders it.
   *
   * @param variables strings, longs, doubles, booleans, nulls, lists, maps and {@link Function}s
   * @throws JinjaException when it cannot be rendered, or refuses
   */
  public String render(Map<String, ?> variables) {
    return new Renderer(variables, false).render(body);
  }

  /**
   * Renders it with contents that are not known, given as {@link Content#slot} among the variables.
   *
   * @return strings and {@link Content.Slot}s, whose places hold for every content
   * @throws JinjaException also when the text depends on a content in another way
   */
  public List<Object> renderOpen(Map<String, ?> variables) {
    boolean marked =
        variables.values().stream()
            .anyMatch(value -> value instanceof String text && Content.isAmbiguous(text));
    if (ambiguous || marked) {
      throw Content.dependent(); // text could be taken for the mark of a slot
    }
    return Content.decode(new Renderer(variables, true).render(body));
  }
}
