package dev.quern.server.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The HTTP answers in what a server sent on one connection. */
record Answers(List<Answer> all, boolean whole) {
  /**
   * @param version of HTTP, as the request had it
   * @param body as sent; chunks put together
   */
  record Answer(String version, int status, String body) {
    /** Refuses a version that is not served, as RFC 9110 has it; anything else is our fault. */
    private boolean serverError() {
      return status >= 500 && (status != 501 || version.matches("HTTP/1\\.[01]"));
    }
  }

  private static final Pattern HEAD =
      Pattern.compile(
          "([^ /\\r\\n]+/[0-9]+\\.[0-9]+) ([1-5][0-9][0-9])[^\\r\\n]*\\r\\n((?:[^\\r\\n]+\\r\\n)*)\\r\\n");
  private static final Pattern LENGTH = Pattern.compile("(?imd)^content-length: *([0-9]{1,9})\\r$");
  private static final Pattern CHUNKED = Pattern.compile("(?imd)^transfer-encoding: *chunked\\r$");

  /**
   * @throws IllegalArgumentException when it is no HTTP/1.1
   */
  static Answers parse(byte[] bytes) {
    // One character a byte: positions stay bytes.
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<Answer> answers = new ArrayList<>();
    int at = 0;
    Matcher head = HEAD.matcher(text);
    while (at < text.length()) {
      if (!head.find(at) || head.start() != at) {
        return partOfHead(text.substring(at), answers);
      }
      int status = Integer.parseInt(head.group(2));
      String headers = head.group(3);
      at = head.end();
      var body = new StringBuilder();
      Matcher length = LENGTH.matcher(headers);
      boolean whole = true;
      if (CHUNKED.matcher(headers).find()) {
        int end = chunks(text, at, body);
        whole = end >= 0;
        at = whole ? end : text.length();
      } else if (length.find()) {
        int end = at + Integer.parseInt(length.group(1));
        // The answer to HEAD tells a length and has no body.
        whole = end <= text.length();
        body.append(text, at, Math.min(end, text.length()));
        at = Math.min(end, text.length());
      }
      answers.add(
          new Answer(
              head.group(1),
              status,
              new String(
                  body.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)));
      if (!whole) {
        return new Answers(answers, false);
      }
    }
    return new Answers(answers, true);
  }

  private static Answers partOfHead(String rest, List<Answer> answers) {
    if (!rest.matches("[^ /\\r\\n]+(/[\\s\\S]*)?")) {
      throw new IllegalArgumentException(
          "no HTTP answer: " + rest.substring(0, Math.min(80, rest.length())));
    }
    return new Answers(answers, false);
  }

  /** Where the chunks end; -1 when they do not. */
  private static int chunks(String text, int from, StringBuilder body) {
    int at = from;
    while (true) {
      int line = text.indexOf("\r\n", at);
      if (line < 0) {
        return -1;
      }
      int size = Integer.parseInt(text.substring(at, line), 16);
      if (line + 2 + size + 2 > text.length()) {
        return -1;
      }
      body.append(text, line + 2, line + 2 + size);
      at = line + 2 + size + 2;
      if (size == 0) {
        return at;
      }
    }
  }

  /** What is wrong with the answers to a case; empty when nothing is. */
  String faults(WireCase given, ObjectMapper json) {
    for (Answer answer : all) {
      if (answer.serverError()) {
        return "status " + answer.status() + " " + answer.body();
      }
      if (answer.status() >= 400 && whole && !answer.body().isEmpty()) {
        try {
          JsonNode error = json.readTree(answer.body()).path("error");
          if (!error.path("message").isTextual() || !error.path("type").isTextual()) {
            return "status " + answer.status() + " without an error object: " + answer.body();
          }
        } catch (IOException e) {
          return "status " + answer.status() + " and no JSON: " + answer.body();
        }
      }
    }
    if (all.size() < given.answers()) {
      return all.size() + " answers instead of " + given.answers();
    }
    return "";
  }
}
