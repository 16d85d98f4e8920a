package dev.quern.sql.differential;

/**
 * How calls are written: the two sides get the same query, but for these. A new function needs its
 * line here and its meaning in {@link ReferenceFunctions}.
 */
enum Dialect {
  QUERN {
    @Override
    String generateWords(String prompt, int most) {
      return "GENERATE(" + prompt + ", max_tokens => " + most + ")";
    }

    @Override
    String generateOrMessage(String prompt) {
      return "GENERATE(" + prompt + ", on_error => 'text')";
    }

    @Override
    String details(String prompt) {
      return "GENERATE_DETAILS(" + prompt + ")";
    }

    @Override
    String detail(String details, String field) {
      return details + "." + field;
    }

    // Either form, so that both are tried.
    @Override
    String judged(String prompt) {
      return prompt.length() % 2 == 0 ? "GENERATE_BOOLEAN(" + prompt + ")" : super.judged(prompt);
    }
  },

  REFERENCE {
    @Override
    String generateWords(String prompt, int most) {
      return "GENERATE_WORDS(" + prompt + ", " + most + ")";
    }

    @Override
    String generateOrMessage(String prompt) {
      return "GENERATE_OR_MESSAGE(" + prompt + ")";
    }

    // The prompt itself: fields are computed from it.
    @Override
    String details(String prompt) {
      return "CAST(" + prompt + " AS VARCHAR)";
    }

    @Override
    String detail(String details, String field) {
      return "DETAIL_" + field + "(" + details + ")";
    }
  };

  String generate(String prompt) {
    return "GENERATE(" + prompt + ")";
  }

  /** An answer of at most so many words. */
  abstract String generateWords(String prompt, int most);

  /** An answer, or the error's message where the row fails. */
  abstract String generateOrMessage(String prompt);

  /** A column that holds all fields of an answer. */
  abstract String details(String prompt);

  /** One field of a {@link #details} column. */
  abstract String detail(String details, String field);

  /** A condition that the model decides, NULL where it does not know. */
  String judged(String prompt) {
    return "CASE " + generate(prompt) + " WHEN 'yes' THEN TRUE WHEN 'no' THEN FALSE END";
  }
}
