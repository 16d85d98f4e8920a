package dev.quern.sql.differential;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;

/** A query under way: what was drawn so far, and what it has. */
final class Generation {
  private final Draw draw;
  private final Dialect dialect;
  private final Set<Place> calls = EnumSet.noneOf(Place.class);
  private final Set<Shape> shapes = EnumSet.noneOf(Shape.class);
  private final Deque<Place> open = new ArrayDeque<>();
  private int names;

  Generation(long seed, Dialect dialect) {
    this.draw = new Draw(seed);
    this.dialect = dialect;
  }

  Draw draw() {
    return draw;
  }

  Dialect dialect() {
    return dialect;
  }

  /** A name that the query has not used. */
  String name() {
    return "t" + ++names;
  }

  /** Draws a part of the query that stands in such a place. */
  <T> T in(Place place, Supplier<T> part) {
    open.push(place);
    T drawn = part.get();
    open.pop();
    return drawn;
  }

  /** A call stands here. */
  void call() {
    calls.addAll(open);
  }

  void has(Shape shape) {
    shapes.add(shape);
  }

  Set<Place> calls() {
    return calls;
  }

  Set<Shape> shapes() {
    return shapes;
  }
}
