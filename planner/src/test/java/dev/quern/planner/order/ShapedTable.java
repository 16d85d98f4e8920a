package dev.quern.planner.order;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Tables of the shapes that prompts are made of, from a seed.
 *
 * @param fields values, [field][row]
 */
record ShapedTable(List<String> names, List<List<String>> fields) {
  /** What the rows of a table have in common. */
  enum Shape {
    /** A country has cities, a city stores: each fixes the one above it. */
    HIERARCHY,
    /** A long text that many rows share stands behind short fields. */
    LATE_TEXT,
    /** Twelve flags and an id. */
    FLAGS,
    /** Ids and addresses; few come twice. */
    NEAR_UNIQUE,
    /** Columns that fix one another but for one row in ten. */
    CORRELATED,
    /** Seven values in ten are empty. */
    SPARSE,
    /** A text of 2,000 characters that every fourth row has from another. */
    HUGE_TEXT,
    /** Reviews joined to their products. */
    REVIEWS,
    /** Values by Zipf's law, columns of many lengths. */
    ZIPF,
    /** Orders with a customer and a product, each with fields of its own. */
    STAR,
    /** Rows that come several times whole. */
    REPEATED,
    /** Times and paths: values that differ start alike. */
    LOG,
    /** Independent columns of random lengths and numbers of values. */
    INDEPENDENT,
    /** Short codes that many rows share, long notes that few share. */
    SHORT_AND_LONG
  }

  static ShapedTable of(Shape shape, int rows, long seed) {
    var random = new Random(seed * 31 + shape.name().hashCode());
    var maker = new Maker(random, rows);
    for (int r = 0; r < rows; r++) {
      maker.row(shape, r);
    }
    List<List<String>> fields = new ArrayList<>();
    for (int f = 0; f < maker.lines.getFirst().size(); f++) {
      int field = f;
      fields.add(maker.lines.stream().map(line -> line.get(field)).toList());
    }
    List<String> names = IntStream.range(0, fields.size()).mapToObj(f -> maker.name(f)).toList();
    return new ShapedTable(names, fields);
  }

  FieldTable table() {
    List<List<String>> quoted =
        fields.stream().map(f -> f.stream().map(v -> '"' + v + '"').toList()).toList();
    return FieldTable.of(names, quoted);
  }

  /** Characters that prompts of this order share, values without anything to escape. */
  long shared(FieldOrder order) {
    List<String> prompts = new ArrayList<>();
    for (int i = 0; i < order.rows().length; i++) {
      var prompt = new StringBuilder("{");
      for (int field : order.fields()[i]) {
        prompt.append(prompt.length() == 1 ? "\"" : ", \"").append(names.get(field));
        prompt.append("\": \"").append(fields.get(field).get(order.rows()[i])).append('"');
      }
      prompts.add(prompt.append('}').toString());
    }
    return Prefixes.sharedCharacters(prompts);
  }

  /** Characters of all prompts. */
  long total() {
    long rows = fields.getFirst().size();
    long punctuation = rows * (2L + 6L * names.size() + 2L * (names.size() - 1));
    long values = fields.stream().flatMap(List::stream).mapToLong(String::length).sum();
    return punctuation + values + rows * names.stream().mapToLong(String::length).sum();
  }

  private static final class Maker {
    private static final String[] NAMES = {
      "id", "title", "kind", "maker", "city", "stars", "body", "note", "date", "path", "price",
      "colour", "size", "state", "origin"
    };

    private final Random random;
    private final int rows;
    private final List<List<String>> lines = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private final int[] lengths;
    private final int[] counts;

    Maker(Random random, int rows) {
      this.random = random;
      this.rows = rows;
      lengths = IntStream.range(0, 8).map(i -> 1 + random.nextInt(i % 2 == 0 ? 60 : 8)).toArray();
      counts = IntStream.range(0, 8).map(i -> 2 + random.nextInt(rows / (1 + i))).toArray();
    }

    String name(int field) {
      return NAMES[field];
    }

    void row(Shape shape, int r) {
      lines.add(
          switch (shape) {
            case HIERARCHY -> hierarchy(r);
            case LATE_TEXT -> {
              int product = random.nextInt(rows / 20 + 1);
              yield line(r, pick(5), word(random.nextInt(rows), 6), text(product, 300));
            }
            case FLAGS -> flags(r);
            case NEAR_UNIQUE -> {
              int id = random.nextInt(rows);
              yield line(
                  word(id, 12),
                  "https://shop.example/item/" + word(random.nextInt(rows * 2), 9),
                  word(random.nextInt(rows * 3), 7),
                  pick(3));
            }
            case CORRELATED -> correlated(r);
            case SPARSE -> sparse(r);
            case HUGE_TEXT -> {
              int text = random.nextInt(4) == 0 ? random.nextInt(1 + r) : rows + r;
              yield line(r, pick(4), word(random.nextInt(30), 10), text(text, 2000), pick(9));
            }
            case REVIEWS -> reviews(r);
            case ZIPF -> zipf(r);
            case STAR -> star(r);
            case REPEATED ->
                r > 0 && random.nextInt(3) > 0
                    ? lines.get(random.nextInt(r))
                    : line(r, word(random.nextInt(40), 20), word(random.nextInt(9), 5), pick(3));
            case LOG ->
                line(
                    String.format(
                        Locale.ROOT,
                        "2024-%02d-%02dT%02d:%02d",
                        1 + random.nextInt(3),
                        1 + random.nextInt(28),
                        random.nextInt(24),
                        random.nextInt(60)),
                    "/srv/www/" + word(random.nextInt(6), 8) + "/" + word(random.nextInt(rows), 9),
                    200 + 100 * random.nextInt(4),
                    "10.0." + random.nextInt(4) + "." + random.nextInt(250));
            case INDEPENDENT -> {
              int[] field = {0};
              yield fields(8, () -> word(random.nextInt(counts[field[0]]), lengths[field[0]++]));
            }
            case SHORT_AND_LONG ->
                line(
                    pick(3),
                    pick(12),
                    text(random.nextInt(rows / 2), 120),
                    text(1000 + random.nextInt(rows / 3), 60),
                    pick(40),
                    word(random.nextInt(rows / 5), 15));
          });
    }

    private List<String> hierarchy(int r) {
      int store = random.nextInt(60);
      int city = store / 4;
      return line(
          r,
          "store number " + store,
          word(900 + store, 25),
          word(city, 14),
          city % 5 * 10000 + "-" + city,
          word(500 + city / 3, 18),
          random.nextInt(rows / 3),
          pick(7));
    }

    private List<String> flags(int r) {
      List<String> line = new ArrayList<>(line(r));
      for (int i = 0; i < 12; i++) {
        line.add(i % 3 == 0 ? pick(2) : random.nextInt(10) > 0 ? "no" : i % 2 == 0 ? "yes" : "n/a");
      }
      return line;
    }

    private List<String> correlated(int r) {
      int key = random.nextInt(50);
      List<String> line = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int value = random.nextInt(10) == 0 ? random.nextInt(50) : key;
        line.add(word(value * 7 + i, 4 + 9 * i % 31));
      }
      line.add("" + r);
      return line;
    }

    private List<String> sparse(int r) {
      List<String> line = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        line.add(
            random.nextInt(10) < 7 ? "" : i % 3 == 0 ? word(random.nextInt(20), 12) : pick(rows));
      }
      line.add("" + r % (rows * 3 / 4));
      return line;
    }

    private List<String> reviews(int r) {
      int product = (int) Math.sqrt(random.nextInt(rows * rows / 100 + 1));
      return line(
          r,
          text(5000 + r, 40 + random.nextInt(200)),
          word(product, 10 + product % 30),
          text(product, 150 + product * 37 % 300),
          word(product % 17, 11),
          1 + random.nextInt(5),
          pick(2),
          word(random.nextInt(rows / 2), 8));
    }

    private List<String> zipf(int r) {
      List<String> line = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        int value = (int) Math.min(rows, 1 / Math.max(1e-6, 1 - random.nextDouble()));
        line.add(word(value * 13 + i, 2 + i * i));
      }
      line.add("" + r);
      return line;
    }

    private List<String> star(int r) {
      int customer = random.nextInt(rows / 8 + 1);
      int product = random.nextInt(rows / 25 + 1);
      return line(
          r,
          "customer " + customer,
          word(customer + 7, 35),
          word(customer % 40, 12),
          "product " + product,
          word(product + 3000, 60),
          word(product % 11, 9),
          1 + random.nextInt(3));
    }

    private String pick(int values) {
      return "" + random.nextInt(values);
    }

    /** The k-th word of a vocabulary: always the same, with a length of about {@code length}. */
    private static String word(int k, int length) {
      var letters = new Random(k * 1_000_003L + length);
      var word = new StringBuilder();
      for (int i = 0; i < length + k % 3; i++) {
        word.append((char) ('a' + letters.nextInt(26)));
      }
      return word.toString();
    }

    private String text(int k, int length) {
      while (texts.size() < 50) {
        texts.add(word(texts.size(), 3 + texts.size() % 6));
      }
      var words = new Random(k * 77_003L + length);
      var text = new StringBuilder();
      while (text.length() < length) {
        text.append(texts.get(words.nextInt(50))).append(' ');
      }
      return text.toString();
    }

    private static List<String> line(Object... values) {
      return Arrays.stream(values).map(Object::toString).toList();
    }

    private static List<String> fields(int count, Supplier<String> value) {
      return IntStream.range(0, count).mapToObj(i -> value.get()).toList();
    }
  }
}
