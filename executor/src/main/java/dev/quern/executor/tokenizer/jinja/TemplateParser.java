package dev.quern.executor.tokenizer.jinja;

import dev.quern.executor.tokenizer.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a template's statements. What is not supported is refused here, with its source. */
final class TemplateParser {
  private static final int MAX_DEPTH = 100;

  private final List<Chunk> chunks;
  private int position;
  private int depth;
  private int loops;

  /** The closing tag that ended the last body. */
  private ExprParser closing;

  private String closingName = "";

  private TemplateParser(List<Chunk> chunks) {
    this.chunks = chunks;
  }

  static List<Stmt> parse(List<Chunk> chunks) {
    TemplateParser parser = new TemplateParser(chunks);
    return parser.body(Set.of(), "the template");
  }

  /** Statements up to one of the closing tags, which is read; none means the template's end. */
  private List<Stmt> body(Set<String> ends, String opener) {
    if (++depth > MAX_DEPTH) {
      throw JinjaException.of("tags are nested too deeply at " + opener);
    }
    List<Stmt> body = new ArrayList<>();
    while (position < chunks.size()) {
      switch (chunks.get(position++)) {
        case Chunk.Text(var text) -> body.add(new Stmt.Text(text));
        case Chunk.Output(var tokens, var source) -> {
          ExprParser parser = new ExprParser(tokens, source);
          body.add(new Stmt.Output(parser.tuple()));
          parser.expectEnd();
        }
        case Chunk.Statement(var tokens, var source) -> {
          ExprParser parser = new ExprParser(tokens, source);
          String name = parser.expectName();
          if (ends.contains(name)) {
            closing = parser;
            closingName = name;
            depth--;
            return body;
          }
          body.add(statement(name, parser, source));
        }
      }
    }
    if (!ends.isEmpty()) {
      throw JinjaException.of("no end of " + opener);
    }
    return body;
  }

  private List<Stmt> bodyUpTo(String end, String opener) {
    List<Stmt> body = body(Set.of(end), opener);
    closing.expectEnd();
    return body;
  }

  private Stmt statement(String name, ExprParser parser, String source) {
    return switch (name) {
      case "if" -> ifStatement(parser, source);
      case "for" -> forStatement(parser, source);
      case "set" -> setStatement(parser, source);
      case "macro" -> macro(parser, source);
      case "filter" -> {
        List<Expr.Filter> filters = filters(parser, true);
        parser.expectEnd();
        yield new Stmt.FilterBlock(filters, bodyUpTo("endfilter", source));
      }
      case "generation" -> {
        parser.expectEnd();
        yield new Stmt.Block(bodyUpTo("endgeneration", source));
      }
      case "break", "continue" -> {
        parser.expectEnd();
        if (loops == 0) {
          throw parser.error("not inside a loop:");
        }
        yield name.equals("break") ? new Stmt.Break() : new Stmt.Continue();
      }
      default -> throw JinjaException.of("tag '" + name + "' is not supported: " + source);
    };
  }

  private Stmt ifStatement(ExprParser parser, String source) {
    List<Stmt.Branch> branches = new ArrayList<>();
    ExprParser current = parser;
    while (true) {
      Expr condition = current.tuple();
      current.expectEnd();
      List<Stmt> body = body(Set.of("elif", "else", "endif"), source);
      branches.add(new Stmt.Branch(Optional.of(condition), body));
      if (!closingName.equals("elif")) {
        break;
      }
      current = closing;
    }
    closing.expectEnd();
    if (closingName.equals("else")) {
      branches.add(new Stmt.Branch(Optional.empty(), bodyUpTo("endif", source)));
    }
    return new Stmt.If(branches);
  }

  private Stmt forStatement(ExprParser parser, String source) {
    List<String> names = names(parser);
    if (!parser.takeName("in")) {
      throw parser.error("expected 'in'");
    }
    Expr items = parser.withoutCondition();
    Optional<Expr> condition =
        parser.takeName("if") ? Optional.of(parser.expression()) : Optional.empty();
    if (parser.takeName("recursive")) {
      throw parser.error("recursive loops are not supported");
    }
    parser.expectEnd();
    loops++;
    List<Stmt> body = body(Set.of("else", "endfor"), source);
    loops--;
    closing.expectEnd();
    List<Stmt> otherwise = closingName.equals("else") ? bodyUpTo("endfor", source) : List.of();
    return new Stmt.For(names, items, condition, body, otherwise);
  }

  private static List<String> names(ExprParser parser) {
    boolean parenthesis = parser.takeOperator("(");
    List<String> names = new ArrayList<>(List.of(parser.expectName()));
    while (parser.takeOperator(",")) {
      names.add(parser.expectName());
    }
    if (parenthesis) {
      parser.expectOperator(")");
    }
    return names;
  }

  private Stmt setStatement(ExprParser parser, String source) {
    List<String> names = names(parser);
    if (names.size() == 1 && parser.takeOperator(".")) {
      String attribute = parser.expectName();
      parser.expectOperator("=");
      Expr value = parser.tuple();
      parser.expectEnd();
      return new Stmt.SetAttribute(names.get(0), attribute, value);
    }
    if (parser.takeOperator("=")) {
      Expr value = parser.tuple();
      parser.expectEnd();
      return new Stmt.Set(names, value);
    }
    if (names.size() != 1) {
      throw parser.error("expected '='");
    }
    List<Expr.Filter> filters = filters(parser, false);
    parser.expectEnd();
    return new Stmt.SetBlock(names.get(0), filters, bodyUpTo("endset", source));
  }

  /** Filters of a block; the first stands without a bar in a filter tag. */
  private static List<Expr.Filter> filters(ExprParser parser, boolean firstBare) {
    List<Expr.Filter> filters = new ArrayList<>();
    if (firstBare) {
      filters.add(parser.filter(new Expr.Literal("")));
    }
    while (parser.takeOperator("|")) {
      filters.add(parser.filter(new Expr.Literal("")));
    }
    return filters;
  }

  private Stmt macro(ExprParser parser, String source) {
    String name = parser.expectName();
    parser.expectOperator("(");
    List<String> parameters = new ArrayList<>();
    Map<String, Expr> defaults = new LinkedHashMap<>();
    while (!parser.takeOperator(")")) {
      String parameter = parser.expectName();
      parameters.add(parameter);
      if (parser.takeOperator("=")) {
        defaults.put(parameter, parser.expression());
      }
      if (!parser.takeOperator(",") && !parser.peek().is(Kind.OPERATOR, ")")) {
        throw parser.error("expected ',' or ')'");
      }
    }
    parser.expectEnd();
    int outer = loops;
    loops = 0;
    List<Stmt> body = bodyUpTo("endmacro", source);
    loops = outer;
    return new Stmt.Macro(name, parameters, defaults, body);
  }
}
