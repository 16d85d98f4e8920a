package dev.quern.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;
import java.util.ArrayList;
import java.util.List;

/** Reads arrays of token ids. */
final class TokenIds {
  private TokenIds() {}

  static List<Integer> read(String name, JsonNode value) throws ApiException {
    if (!value.isArray()) {
      throw JsonFields.wrongType(name, "an array of token ids", value);
    }
    List<Integer> ids = new ArrayList<>(value.size());
    for (JsonNode id : value) {
      if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
        throw ApiException.badRequest(
            name, "'" + name + "' holds " + id + ", which is no token id");
      }
      ids.add(id.intValue());
    }
    return ids;
  }
}
