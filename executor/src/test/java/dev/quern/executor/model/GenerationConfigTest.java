package dev.quern.executor.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.EngineException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GenerationConfigTest {
  @TempDir Path folder;

  @Test
  void embeddedModelIsGreedyAndStopsAtItsOwnToken() {
    GenerationConfig config = GenerationConfig.read(Fixtures.embeddedModel());
    assertEquals(List.of(2), config.eosIds());
    assertEquals(Optional.of(false), config.doSample());
    assertEquals(OptionalInt.of(256), config.maxNewTokens());
  }

  @Test
  void stopIdsMayBeAList() {
    write("{}", "{\"eos_token_id\":[7,9],\"temperature\":0.8,\"top_p\":0.9,\"top_k\":40}");
    GenerationConfig config = GenerationConfig.read(folder);
    assertEquals(List.of(7, 9), config.eosIds());
    assertEquals(OptionalDouble.of(0.8), config.temperature());
    assertEquals(OptionalDouble.of(0.9), config.topP());
    assertEquals(OptionalInt.of(40), config.topK());
    assertEquals(OptionalDouble.empty(), config.repetitionPenalty());
  }

  @Test
  void stopIdsComeFromTheConfigurationWhereTheFileIsAbsentOrSilent() {
    TestCheckpoint.writeText(folder.resolve("config.json"), "{\"eos_token_id\":[3]}");
    assertEquals(List.of(3), GenerationConfig.read(folder).eosIds());
    write("{\"eos_token_id\":3}", "{\"top_p\":0.5}");
    assertEquals(List.of(3), GenerationConfig.read(folder).eosIds());
    write("{\"eos_token_id\":null}", "{}");
    assertEquals(List.of(), GenerationConfig.read(folder).eosIds());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"eos_token_id\":\"</s>\"}",
        "{\"eos_token_id\":[1,-1]}",
        "{\"top_p\":1.5}",
        "{\"temperature\":-1}",
        "{\"top_k\":-1}",
        "{\"repetition_penalty\":0}",
        "{\"do_sample\":\"no\"}"
      })
  void valuesOutOfRangeAreNamed(String text) {
    write("{}", text);
    var error = assertThrows(EngineException.class, () -> GenerationConfig.read(folder));
    String key = text.substring(2, text.indexOf('"', 2));
    assertTrue(error.getMessage().contains("generation_config.json: " + key), error.getMessage());
  }

  private void write(String config, String generation) {
    TestCheckpoint.writeText(folder.resolve("config.json"), config);
    TestCheckpoint.writeText(folder.resolve("generation_config.json"), generation);
  }
}
