package dev.quern.executor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs statements. One use. */
final class Renderer {
  /** How a list of statements ended. */
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  private static final int MAX_CALLS = 50;

  private final Evaluator evaluator = new Evaluator();
  private final Scope globals;
  private final boolean open;
  private StringBuilder out = new StringBuilder();
  private int loops;
  private int calls;

  /** Starts a rendering; {@code open} when contents among the variables are not known. */
  Renderer(Map<String, ?> variables, boolean open) {
    this.open = open;
    Map<String, Object> all = new HashMap<>(Globals.functions());
    all.putAll(variables);
    globals = Scope.root(all);
  }

  /** The text; contents that are not known stay encoded. */
  String render(List<Stmt> template) {
    run(template, globals);
    return out.toString();
  }

  private Flow run(List<Stmt> body, Scope scope) {
    for (Stmt statement : body) {
      Flow flow = run(statement, scope);
      if (flow != Flow.NEXT) {
        return flow;
      }
    }
    return Flow.NEXT;
  }

  private Flow run(Stmt statement, Scope scope) {
    evaluator.step();
    switch (statement) {
      case Stmt.Text(var text) -> emit(text);
      case Stmt.Output(var value) -> emit(Values.text(evaluator.value(value, scope)));
      case Stmt.If(var branches) -> {
        for (Stmt.Branch branch : branches) {
          if (branch.condition().isEmpty()
              || Values.truth(evaluator.value(branch.condition().get(), scope))) {
            return run(branch.body(), scope);
          }
        }
      }
      case Stmt.For loop -> run(loop, scope);
      case Stmt.Set(var names, var value) -> assign(names, evaluator.value(value, scope), scope);
      case Stmt.SetAttribute(var namespace, var name, var value) -> {
        if (!(scope.get(namespace) instanceof Namespace(var members))) {
          throw JinjaException.of(namespace + "." + name + " cannot be set: no namespace");
        }
        members.put(name, evaluator.value(value, scope));
      }
      case Stmt.SetBlock(var name, var filters, var body) ->
          scope.set(name, filtered(capture(body, scope.inner()), filters, scope));
      case Stmt.Macro macro -> scope.set(macro.name(), macro(macro, scope));
      case Stmt.FilterBlock(var filters, var body) ->
          emit(Values.text(filtered(capture(body, scope.inner()), filters, scope)));
      case Stmt.Block(var body) -> {
        return run(body, scope.inner());
      }
      case Stmt.Break() -> {
        return Flow.BREAK;
      }
      case Stmt.Continue() -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.NEXT;
  }

  private void emit(String text) {
    out.append(text);
    if (out.length() > Strings.MAX_LENGTH) {
      throw Strings.tooLong();
    }
  }

  private void run(Stmt.For loop, Scope scope) {
    List<Object> items = Values.iterate(evaluator.value(loop.items(), scope));
    if (loop.condition().isPresent()) {
      List<Object> kept = new ArrayList<>();
      for (Object item : items) {
        Scope inner = scope.inner();
        assign(loop.names(), item, inner);
        if (Values.truth(evaluator.value(loop.condition().get(), inner))) {
          kept.add(item);
        }
      }
      items = kept;
    }
    if (items.isEmpty()) {
      run(loop.otherwise(), scope.inner());
      return;
    }
    loops++;
    for (int i = 0; i < items.size(); i++) {
      evaluator.step();
      Scope inner = scope.inner();
      inner.set("loop", new LoopState(items, i, loops));
      assign(loop.names(), items.get(i), inner);
      if (run(loop.body(), inner) == Flow.BREAK) {
        break;
      }
    }
    loops--;
  }

  private static void assign(List<String> names, Object value, Scope scope) {
    if (names.size() == 1) {
      scope.set(names.get(0), value);
      return;
    }
    List<Object> values = Values.iterate(value);
    if (values.size() != names.size()) {
      throw JinjaException.of(names + " cannot take " + values.size() + " values");
    }
    for (int i = 0; i < names.size(); i++) {
      scope.set(names.get(i), values.get(i));
    }
  }

  private Object capture(List<Stmt> body, Scope scope) {
    StringBuilder outer = out;
    out = new StringBuilder();
    try {
      run(body, scope);
      return open ? Content.value(out.toString()) : out.toString();
    } finally {
      out = outer;
    }
  }

  private Object filtered(Object value, List<Expr.Filter> filters, Scope scope) {
    Object result = value;
    for (Expr.Filter filter : filters) {
      result = Filters.apply(result, evaluator.arguments(filter.name(), filter.arguments(), scope));
    }
    return result;
  }

  private Function macro(Stmt.Macro macro, Scope scope) {
    return (positional, named) -> {
      Arguments arguments = new Arguments(macro.name(), positional, named);
      arguments.allow(macro.parameters().size(), macro.parameters().toArray(String[]::new));
      Scope inner = scope.inner();
      for (int i = 0; i < macro.parameters().size(); i++) {
        String name = macro.parameters().get(i);
        if (arguments.has(i, name)) {
          inner.set(name, arguments.get(i, name, null));
        } else if (macro.defaults().containsKey(name)) {
          inner.set(name, evaluator.value(macro.defaults().get(name), inner));
        } else {
          inner.set(name, new Undefined(name));
        }
      }
      if (++calls > MAX_CALLS) {
        throw JinjaException.of("macro " + macro.name() + " calls itself too often");
      }
      Object text = capture(macro.body(), inner);
      calls--;
      return text;
    };
  }
}
