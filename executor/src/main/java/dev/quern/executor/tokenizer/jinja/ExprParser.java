package dev.quern.executor.tokenizer.jinja;

import dev.quern.executor.tokenizer.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the expressions of one tag, with Jinja's precedences. */
final class ExprParser {
  private static final Token END = new Token(Kind.END, "end of tag");
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> AFTER_TEST =
      Set.of("else", "or", "and", "if", "in", "not", "is", "recursive");
  private static final int MAX_DEPTH = 200;

  private final List<Token> tokens;
  private final String source;
  private int position;
  private int depth;

  ExprParser(List<Token> tokens, String source) {
    this.tokens = tokens;
    this.source = source;
  }

  Token peek() {
    return position < tokens.size() ? tokens.get(position) : END;
  }

  Token take() {
    Token token = peek();
    position++;
    return token;
  }

  boolean takeIf(Kind kind, String text) {
    if (peek().is(kind, text)) {
      position++;
      return true;
    }
    return false;
  }

  boolean takeOperator(String text) {
    return takeIf(Kind.OPERATOR, text);
  }

  boolean takeName(String text) {
    return takeIf(Kind.NAME, text);
  }

  void expectOperator(String text) {
    if (!takeOperator(text)) {
      throw error("expected '" + text + "' but found '" + peek().text() + "'");
    }
  }

  String expectName() {
    Token token = take();
    if (token.kind() != Kind.NAME) {
      throw error("expected a name but found '" + token.text() + "'");
    }
    return token.text();
  }

  void expectEnd() {
    if (peek().kind() != Kind.END) {
      throw error("unexpected '" + peek().text() + "'");
    }
  }

  JinjaException error(String message) {
    return JinjaException.of(message + " in " + source);
  }

  /** An expression, or a tuple without parentheses. */
  Expr tuple() {
    Expr first = expression();
    if (!peek().is(Kind.OPERATOR, ",")) {
      return first;
    }
    List<Expr> items = new ArrayList<>(List.of(first));
    while (takeOperator(",") && peek().kind() != Kind.END) {
      items.add(expression());
    }
    return new Expr.Sequence(items, true);
  }

  Expr expression() {
    if (++depth > MAX_DEPTH) {
      throw error("the expression is nested too deeply");
    }
    Expr value = withoutCondition();
    while (takeName("if")) {
      Expr condition = withoutCondition();
      Optional<Expr> otherwise = takeName("else") ? Optional.of(expression()) : Optional.empty();
      value = new Expr.Conditional(condition, value, otherwise);
    }
    depth--;
    return value;
  }

  /** An expression without a trailing if, as loops need it. */
  Expr withoutCondition() {
    Expr left = and();
    while (takeName("or")) {
      left = new Expr.Binary("or", left, and());
    }
    return left;
  }

  private Expr and() {
    Expr left = not();
    while (takeName("and")) {
      left = new Expr.Binary("and", left, not());
    }
    return left;
  }

  private Expr not() {
    return takeName("not") ? new Expr.Unary("not", not()) : compare();
  }

  private Expr compare() {
    List<Expr> operands = new ArrayList<>(List.of(sum()));
    List<String> operators = new ArrayList<>();
    while (true) {
      Token token = peek();
      if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        operators.add(take().text());
      } else if (takeName("in")) {
        operators.add("in");
      } else if (token.is(Kind.NAME, "not") && next().is(Kind.NAME, "in")) {
        position += 2;
        operators.add("not in");
      } else {
        break;
      }
      operands.add(sum());
    }
    return operators.isEmpty() ? operands.get(0) : new Expr.Compare(operands, operators);
  }

  private Token next() {
    return position + 1 < tokens.size() ? tokens.get(position + 1) : END;
  }

  private Expr sum() {
    Expr left = concatenation();
    while (peek().is(Kind.OPERATOR, "+") || peek().is(Kind.OPERATOR, "-")) {
      left = new Expr.Binary(take().text(), left, concatenation());
    }
    return left;
  }

  private Expr concatenation() {
    Expr left = product();
    while (takeOperator("~")) {
      left = new Expr.Binary("~", left, product());
    }
    return left;
  }

  private Expr product() {
    Expr left = power();
    while (peek().kind() == Kind.OPERATOR && Set.of("*", "/", "//", "%").contains(peek().text())) {
      left = new Expr.Binary(take().text(), left, power());
    }
    return left;
  }

  private Expr power() {
    Expr left = unary(true);
    while (takeOperator("**")) {
      left = new Expr.Binary("**", left, unary(true));
    }
    return left;
  }

  private Expr unary(boolean filters) {
    Expr value;
    if (peek().is(Kind.OPERATOR, "-") || peek().is(Kind.OPERATOR, "+")) {
      value = new Expr.Unary(take().text(), unary(false));
    } else {
      value = primary();
    }
    value = postfix(value);
    return filters ? filtersAndTests(value) : value;
  }

  private Expr primary() {
    Token token = take();
    return switch (token.kind()) {
      case NAME -> name(token.text());
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (peek().kind() == Kind.STRING) {
          text.append(take().text());
        }
        yield new Expr.Literal(text.toString());
      }
      case INTEGER -> integer(token.text());
      case FLOAT -> new Expr.Literal(Double.parseDouble(token.text()));
      case OPERATOR ->
          switch (token.text()) {
            case "(" -> parenthesis();
            case "[" -> new Expr.Sequence(items("]"), false);
            case "{" -> dict();
            default -> throw error("unexpected '" + token.text() + "'");
          };
      case END -> throw error("an expression is missing");
    };
  }

  private Expr integer(String digits) {
    try {
      return new Expr.Literal(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      throw error("the number " + digits + " is too large");
    }
  }

  private static Expr name(String name) {
    return switch (name) {
      case "true", "True" -> new Expr.Literal(true);
      case "false", "False" -> new Expr.Literal(false);
      case "none", "None" -> new Expr.Literal(null);
      default -> new Expr.Name(name);
    };
  }

  private Expr parenthesis() {
    if (takeOperator(")")) {
      return new Expr.Sequence(List.of(), true);
    }
    Expr first = expression();
    if (takeOperator(")")) {
      return first;
    }
    expectOperator(",");
    List<Expr> items = new ArrayList<>(List.of(first));
    items.addAll(items(")"));
    return new Expr.Sequence(items, true);
  }

  private List<Expr> items(String closing) {
    List<Expr> items = new ArrayList<>();
    while (!takeOperator(closing)) {
      items.add(expression());
      if (!takeOperator(",")) {
        expectOperator(closing);
        break;
      }
    }
    return items;
  }

  private Expr dict() {
    List<Map.Entry<Expr, Expr>> entries = new ArrayList<>();
    while (!takeOperator("}")) {
      Expr key = expression();
      expectOperator(":");
      entries.add(Map.entry(key, expression()));
      if (!takeOperator(",")) {
        expectOperator("}");
        break;
      }
    }
    return new Expr.Dict(entries);
  }

  private Expr postfix(Expr target) {
    Expr value = target;
    while (true) {
      if (takeOperator(".")) {
        Token member = take();
        value =
            switch (member.kind()) {
              case NAME -> new Expr.Attribute(value, member.text());
              case INTEGER -> new Expr.Item(value, integer(member.text()));
              default -> throw error("expected a name after '.'");
            };
      } else if (takeOperator("[")) {
        value = subscript(value);
      } else if (takeOperator("(")) {
        value = new Expr.Call(value, arguments());
      } else {
        return value;
      }
    }
  }

  private Expr subscript(Expr target) {
    Optional<Expr> start = sliceBound();
    if (!peek().is(Kind.OPERATOR, ":")) {
      expectOperator("]");
      return new Expr.Item(target, start.orElseThrow(() -> error("an index is missing")));
    }
    take();
    Optional<Expr> stop = sliceBound();
    Optional<Expr> step = takeOperator(":") ? sliceBound() : Optional.empty();
    expectOperator("]");
    return new Expr.Slice(target, start, stop, step);
  }

  private Optional<Expr> sliceBound() {
    boolean absent = peek().is(Kind.OPERATOR, ":") || peek().is(Kind.OPERATOR, "]");
    return absent ? Optional.empty() : Optional.of(expression());
  }

  private Expr.Arguments arguments() {
    List<Expr> positional = new ArrayList<>();
    Map<String, Expr> named = new LinkedHashMap<>();
    while (!takeOperator(")")) {
      if (peek().kind() == Kind.NAME && next().is(Kind.OPERATOR, "=")) {
        String name = take().text();
        take();
        named.put(name, expression());
      } else {
        positional.add(expression());
      }
      if (!takeOperator(",")) {
        expectOperator(")");
        break;
      }
    }
    return new Expr.Arguments(positional, named);
  }

  private Expr filtersAndTests(Expr target) {
    Expr value = target;
    while (true) {
      if (takeOperator("|")) {
        value = filter(value);
      } else if (takeName("is")) {
        value = test(value);
      } else if (takeOperator("(")) {
        value = new Expr.Call(value, arguments());
      } else {
        return value;
      }
    }
  }

  /** A filter of {@code target}, behind the bar. */
  Expr.Filter filter(Expr target) {
    String name = expectName();
    if (!Filters.knows(name)) {
      throw error("filter '" + name + "' is not supported");
    }
    Expr.Arguments arguments = takeOperator("(") ? arguments() : Expr.Arguments.NONE;
    return new Expr.Filter(target, name, arguments);
  }

  private Expr test(Expr target) {
    boolean negated = takeName("not");
    String name = expectName();
    if (!Tests.knows(name)) {
      throw error("test '" + name + "' is not supported");
    }
    Token token = peek();
    Expr.Arguments arguments = Expr.Arguments.NONE;
    if (takeOperator("(")) {
      arguments = arguments();
    } else if (startsOperand(token)) {
      arguments = new Expr.Arguments(List.of(postfix(primary())), Map.of());
    }
    return new Expr.Test(target, name, arguments, negated);
  }

  private static boolean startsOperand(Token token) {
    return switch (token.kind()) {
      case NAME -> !AFTER_TEST.contains(token.text());
      case STRING, INTEGER, FLOAT -> true;
      case OPERATOR -> token.text().equals("[") || token.text().equals("{");
      case END -> false;
    };
  }
}
