package dev.quern.connectors;

import java.util.Optional;
import java.util.PrimitiveIterator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;

/**
 * Leaves out data pages without values, which the format allows and Arrow C++ writes, but which the
 * library's column reader runs into the ground on.
 */
record NonEmptyPages(PageReadStore pages) implements PageReadStore {
  @Override
  public PageReader getPageReader(ColumnDescriptor column) {
    return new NonEmpty(pages.getPageReader(column));
  }

  @Override
  public long getRowCount() {
    return pages.getRowCount();
  }

  @Override
  public Optional<PrimitiveIterator.OfLong> getRowIndexes() {
    return pages.getRowIndexes();
  }

  @Override
  public Optional<Long> getRowIndexOffset() {
    return pages.getRowIndexOffset();
  }

  @Override
  public void close() {
    pages.close();
  }

  private record NonEmpty(PageReader reader) implements PageReader {
    @Override
    public DictionaryPage readDictionaryPage() {
      return reader.readDictionaryPage();
    }

    @Override
    public long getTotalValueCount() {
      return reader.getTotalValueCount();
    }

    @Override
    public DataPage readPage() {
      DataPage page = reader.readPage();
      while (page != null && page.getValueCount() == 0) {
        page = reader.readPage();
      }
      return page;
    }
  }
}
