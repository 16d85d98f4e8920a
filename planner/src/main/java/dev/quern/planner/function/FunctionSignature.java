package dev.quern.planner.function;

import dev.quern.planner.GenerateCall.Result;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * What tools are told of a function.
 *
 * @param remarks one sentence
 * @param parameters in positional order
 * @param result type of what it gives
 */
public record FunctionSignature(
    String name, String remarks, List<Parameter> parameters, SqlTypeName result) {

  /** An argument; all can be given by name. */
  public record Parameter(String name, SqlTypeName type, boolean required) {}

  /** The functions of our own that are built, by name. */
  public static List<FunctionSignature> all() {
    return List.of(
        asking(Result.LABEL, "one of the choices, chosen by a model", SqlTypeName.VARCHAR),
        asking(Result.TEXT, "the answer of a model to a prompt", SqlTypeName.VARCHAR),
        asking(Result.BOOLEAN, "whether a model answers yes; NULL: neither", SqlTypeName.BOOLEAN),
        asking(Result.DETAILS, "the answer of a model and its token counts", SqlTypeName.ROW),
        new FunctionSignature(
            "PROMPT",
            "the template with {0}, {1}, .. replaced by the values that follow it",
            List.of(required("template", SqlTypeName.VARCHAR)),
            SqlTypeName.VARCHAR),
        new FunctionSignature(
            "PROMPT_ROW",
            "the instruction, and fields as a JSON object in the order that shares most",
            List.of(
                required("instruction", SqlTypeName.VARCHAR), required("fields", SqlTypeName.ROW)),
            SqlTypeName.VARCHAR),
        new FunctionSignature(
            "TOKEN_COUNT",
            "tokens of a text under the connection's model",
            List.of(required("text", SqlTypeName.VARCHAR)),
            SqlTypeName.INTEGER));
  }

  private static Parameter required(String name, SqlTypeName type) {
    return new Parameter(name, type, true);
  }

  private static FunctionSignature asking(Result result, String remarks, SqlTypeName type) {
    Signature signature = Signature.of(result);
    List<Parameter> parameters = new ArrayList<>();
    for (Argument argument : signature.arguments()) {
      if (!argument.unbuilt()) {
        parameters.add(
            new Parameter(
                signature.name(argument),
                type(argument.kind()),
                signature.required().contains(argument)));
      }
    }
    return new FunctionSignature(result.function(), remarks, List.copyOf(parameters), type);
  }

  private static SqlTypeName type(Argument.Kind kind) {
    return switch (kind) {
      case TEXT -> SqlTypeName.VARCHAR;
      case INTEGER -> SqlTypeName.BIGINT;
      case NUMBER -> SqlTypeName.DOUBLE;
      case BOOLEAN -> SqlTypeName.BOOLEAN;
      case TEXTS -> SqlTypeName.ARRAY;
    };
  }
}
