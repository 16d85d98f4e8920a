package dev.quern.planner.cost;

import dev.quern.planner.rel.ScanRel;
import org.apache.calcite.linq4j.Enumerable;

/** Sees how far scans come: what an estimate puts into the DataContext under {@link #NAME}. */
public interface ScanObserver {
  String NAME = "quern.scans";

  /** Called when a scan starts; gives its rows. */
  Enumerable<Object[]> observe(ScanRel scan, Enumerable<Object[]> rows);
}
