package dev.quern.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists and maps as older writers spelled them. */
class LegacyListsTest extends AllocatorTest {
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message old {
            repeated int32 bare;
            repeated group rows { optional int32 a; repeated binary b (STRING); }
            optional group two (LIST) { repeated int32 element; }
            optional group avro (LIST) { repeated group array { required int32 x; } }
            optional group thrift (LIST) { repeated group thrift_tuple { optional int32 x; } }
            optional group pair (LIST) { repeated group element { optional int32 x; optional int32 y; } }
            required group three (LIST) { repeated group bag { optional int32 array_element; } }
            optional group hive (MAP_KEY_VALUE) { repeated group map { required binary key (STRING); optional int32 value; } }
            optional group keys (MAP) { repeated group key_value { required int32 key; } }
          }
          """);

  @TempDir Path folder;

  @Test
  void everySpellingGivesItsValues() throws IOException {
    Path file = folder.resolve("old.parquet");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withCodecFactory(new ParquetCodecs())
            .withType(SCHEMA)
            .build()) {
      Group empty = new SimpleGroup(SCHEMA);
      empty.addGroup("three");
      writer.write(empty);
      writer.write(full());
      writer.write(empty);
    }
    try (FileTable table = TableFiles.open(file.toString(), allocator)) {
      var rows = Rows.of(table, allocator);
      assertEquals(
          "{bare=[], rows=[], two=null, avro=null, thrift=null, pair=null, three=[], hive=null,"
              + " keys=null}",
          rows.get(0).toString());
      assertEquals(
          "{bare=[1, 2], rows=[{a=3, b=[p, q]}, {a=null, b=[]}], two=[4, 5], avro=[{x=6}],"
              + " thrift=[{x=7}, {x=null}], pair=[{x=8, y=null}], three=[9, null],"
              + " hive=[[k, 10], [l, null]], keys=[11]}",
          rows.get(1).toString());
      assertEquals(rows.get(0), rows.get(2));
    }
  }

  private static Group full() {
    Group row = new SimpleGroup(SCHEMA);
    row.append("bare", 1).append("bare", 2);
    row.addGroup("rows").append("a", 3).append("b", "p").append("b", "q");
    row.addGroup("rows");
    row.addGroup("two").append("element", 4).append("element", 5);
    row.addGroup("avro").addGroup("array").append("x", 6);
    Group thrift = row.addGroup("thrift");
    thrift.addGroup("thrift_tuple").append("x", 7);
    thrift.addGroup("thrift_tuple");
    row.addGroup("pair").addGroup("element").append("x", 8);
    Group three = row.addGroup("three");
    three.addGroup("bag").append("array_element", 9);
    three.addGroup("bag");
    Group hive = row.addGroup("hive");
    hive.addGroup("map").append("key", "k").append("value", 10);
    hive.addGroup("map").append("key", "l");
    row.addGroup("keys").addGroup("key_value").append("key", 11);
    return row;
  }
}
