package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.parquet.crypto.ParquetCryptoRuntimeException;

/**
 * The boundary to the libraries that decode files: their failures become errors that name file and
 * place.
 */
final class LibraryErrors {
  private LibraryErrors() {}

  /** Work on a file. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Runs work on damaged or odd files. The libraries answer damage with whatever exception their
   * decoders run into, so every runtime exception counts as damage here, and here only.
   */
  static <T> T translate(Supplier<String> where, Work<T> work) {
    try {
      return work.run();
    } catch (TableException | OutOfMemoryException e) {
      throw e;
    } catch (BadValueException e) {
      throw new TableException(where.get() + ": " + e.getMessage(), e);
    } catch (UnsupportedOperationException e) {
      throw new TableException(where.get() + ": " + FileErrors.reason(e), e);
    } catch (ParquetCryptoRuntimeException e) {
      throw new TableException(
          where.get() + ": the file is encrypted; write it without encryption", e);
    } catch (IOException | RuntimeException e) {
      throw new TableException(
          where.get()
              + ": "
              + FileErrors.reason(e)
              + "; the file is damaged: write or copy it again",
          e);
    }
  }
}
