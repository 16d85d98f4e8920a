package dev.quern.server;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A console whose output can be read back; nothing of it is a terminal. */
public record CapturedConsole(
    ByteArrayInputStream in, ByteArrayOutputStream out, ByteArrayOutputStream err) {

  public static CapturedConsole withInput(byte[] input) {
    return new CapturedConsole(
        new ByteArrayInputStream(input), new ByteArrayOutputStream(), new ByteArrayOutputStream());
  }

  public static CapturedConsole withoutInput() {
    return withInput(new byte[0]);
  }

  public Console console() {
    return new Console(
        in,
        out,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        false,
        false,
        false,
        80);
  }

  public String output() {
    return out.toString(StandardCharsets.UTF_8);
  }

  public String errors() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
