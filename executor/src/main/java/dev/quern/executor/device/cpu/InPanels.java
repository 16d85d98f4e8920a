package dev.quern.executor.device.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A matrix whose numbers stand in the CPU device's panels. */
sealed interface InPanels permits PanelMatrix, FloatPanels {
  /** Its panels, the last filled up with zeros; empty for a part that cuts panels. */
  Optional<MemorySegment> panels();

  /** Whether the CPU device may use them as they are, else it copies them into large pages. */
  boolean inPlace();
}
