package dev.quern.server.openai;

import dev.quern.server.http.ApiException;

/** Reads the requests of one path. */
public interface RequestReader {
  /**
   * @param body JSON in UTF-8
   * @param priority of the rows: see {@link dev.quern.executor.engine.PromptRow}
   * @throws ApiException naming the field that cannot be
   */
  EngineRequest read(byte[] body, int priority) throws ApiException;
}
