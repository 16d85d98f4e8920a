package dev.quern.connectors;

import java.util.List;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;

/**
 * The converters that the library's column readers ask for and that we never call: values are taken
 * from the readers directly.
 */
final class IgnoredConverter extends GroupConverter {
  private final List<Converter> children;

  IgnoredConverter(GroupType type) {
    children = type.getFields().stream().map(IgnoredConverter::of).toList();
  }

  private static Converter of(Type type) {
    return type.isPrimitive()
        ? new PrimitiveConverter() {}
        : new IgnoredConverter(type.asGroupType());
  }

  @Override
  public Converter getConverter(int field) {
    return children.get(field);
  }

  @Override
  public void start() {}

  @Override
  public void end() {}
}
