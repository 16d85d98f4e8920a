package dev.quern.server.prompt;

import dev.quern.server.query.StatementSplitter;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.impl.DefaultParser;

/** A line is read on until its statement ends with a semicolon; commands end with the line. */
final class StatementParser implements Parser {
  private final DefaultParser words = new DefaultParser();

  StatementParser() {
    // SQL's quotes and backslashes are not the shell's.
    words.setQuoteChars(new char[0]);
    words.setEscapeChars(new char[0]);
  }

  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    if (context == ParseContext.ACCEPT_LINE
        && !PromptCommand.isCommand(line)
        && !StatementSplitter.split(line).rest().isEmpty()) {
      throw new EOFError(-1, cursor, "the statement goes on until ;");
    }
    return words.parse(line, cursor, context);
  }
}
