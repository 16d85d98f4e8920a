package dev.quern.sql.estimate;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** What stands for an answer that is not known yet. */
final class Placeholders {
  /** Common enough to be one token each in most vocabularies. */
  private static final String[] WORDS = {
    "the", "of", "and", "to", "in", "is", "it", "for", "as", "with", "was", "on", "be", "by", "at",
    "from"
  };

  private Placeholders() {}

  /**
   * A value of a type.
   *
   * @param hash of the prompt: other prompts get other texts
   * @param words length of a text
   */
  static Object of(RelDataType type, long hash, int words) {
    if (SqlTypeUtil.inCharFamily(type)) {
      return text(hash, words);
    }
    if (type.isStruct()) {
      return type.getFieldList().stream().map(f -> of(f.getType(), hash, words)).toArray();
    }
    return switch (type.getSqlTypeName()) {
      case BOOLEAN -> true;
      case INTEGER -> words;
      case BIGINT -> (long) words;
      case DOUBLE -> 0.5;
      default -> null;
    };
  }

  private static String text(long hash, int words) {
    var text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      // Sixteen choices a word: after sixteen words every bit of the hash has been used.
      text.append(i == 0 ? "" : " ").append(WORDS[(int) (hash >>> (i * 4 % 64)) & 15]);
    }
    return text.toString();
  }
}
