package dev.quern.server.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A query that the page offers. */
record Example(String title, String sql) {
  private static final List<Example> WITHOUT_FILES =
      List.of(
          new Example(
              "Sort messages by topic",
              """
              SELECT body,
                     CLASSIFY(body, ARRAY['billing', 'delivery', 'praise']) AS topic
              FROM (VALUES
                ('I was charged twice for the same order.'),
                ('The parcel has not moved for five days.'),
                ('Best headphones that I ever had, thank you!'),
                ('Your invoice names the wrong company.'),
                ('The box arrived wet and one corner is torn.')) AS messages (body)\
              """),
          new Example(
              "Summarize with one shared instruction",
              """
              SELECT id,
                     GENERATE('Summarize in five words, for a manager who has no time: ' || note,
                              max_tokens => 24) AS summary
              FROM (VALUES
                (1, 'The pump on line two was changed on Monday. Pressure is normal again.'),
                (2, 'Line three stands still. The spare part comes on Thursday at the earliest.'),
                (3, 'All sensors were calibrated. Two of them drift and need another look.'))
                AS notes (id, note)\
              """),
          new Example(
              "Keep the rows of which a statement is true",
              """
              SELECT city
              FROM (VALUES ('Oslo'), ('Nairobi'), ('Lima'), ('Osaka')) AS cities (city)
              WHERE GENERATE_BOOLEAN('Is ' || city || ' a port?')\
              """),
          new Example(
              "Tokens of each answer, and how many came from the cache",
              """
              SELECT t.q, t.d.text AS answer, t.d.prompt_tokens, t.d.cached_tokens,
                     t.d.completion_tokens, t.d.error
              FROM (SELECT q, GENERATE_DETAILS('Answer briefly. ' || q, max_tokens => 16) AS d
                    FROM (VALUES ('What is a prefix tree?'), ('What is a token?'), (NULL))
                      AS questions (q)) AS t\
              """));

  /**
   * @param demoTable file of the demo's support tickets, where sessions may read it
   */
  static List<Example> all(Optional<String> demoTable) {
    List<Example> all = new ArrayList<>();
    demoTable.ifPresent(file ->
        all.add(
            new Example(
                "Summarize support tickets of the demo's table",
                """
                SELECT id, product,
                       GENERATE('Summarize in one sentence: ' || body, max_tokens => 32) AS summary
                FROM "%s"
                LIMIT 40\
                """
                    .formatted(file.replace("\"", "\"\"")))));
    all.addAll(WITHOUT_FILES);
    return all;
  }
}
