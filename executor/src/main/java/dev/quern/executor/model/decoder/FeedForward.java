package dev.quern.executor.model.decoder;

import dev.quern.executor.device.Communicator;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.ExpertSource;
import dev.quern.executor.device.ExpertSource.Expert;
import dev.quern.executor.device.Weight;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.MoeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The second half of a decoder layer: hidden += block(norm(hidden)), summed over the ranks. */
sealed interface FeedForward {
  void forward(
      Device device, Communicator communicator, Workspace w, Weight norm, float eps, int rows);

  /** SwiGLU: down(silu(gate x) * up x). */
  record Dense(Weight gate, Weight up, Weight down) implements FeedForward {
    static Dense load(WeightLoader loader, String prefix) {
      return new Dense(
          loader.outputs(prefix + "gate_proj.weight"),
          loader.outputs(prefix + "up_proj.weight"),
          loader.inputs(prefix + "down_proj.weight"));
    }

    @Override
    public void forward(
        Device device, Communicator communicator, Workspace w, Weight norm, float eps, int rows) {
      var inner = w.dense.orElseThrow();
      device.normGateUp(
          inner.activations(), inner.scratch(), w.normed, w.hidden, norm, eps, gate, up, rows);
      DecoderLayer.addProduct(device, communicator, w, inner.activations(), down, rows);
    }
  }

  /** Routed experts, plus one ungated SwiGLU where the model has shared experts. */
  record Mixture(
      int layer,
      Weight router,
      Weight correctionBias,
      float normMin,
      ExpertSource experts,
      Optional<Dense> shared,
      Optional<RoutingTrace> trace)
      implements FeedForward {

    static Mixture load(
        WeightLoader loader, ModelConfig config, int layer, Optional<RoutingTrace> trace) {
      MoeConfig moe = config.moe().orElseThrow();
      String mlp = "model.layers." + layer + ".mlp.";
      List<Expert> experts = new ArrayList<>();
      for (int e = 0; e < moe.experts(); e++) {
        Dense expert = Dense.load(loader, mlp + "experts." + e + ".");
        experts.add(new Expert(expert.gate(), expert.up(), expert.down()));
      }
      return new Mixture(
          layer,
          loader.whole(mlp + "gate.weight"),
          loader.wholeOrNull(mlp + "moe_statics.e_score_correction_bias"),
          (float) moe.normMin(),
          new ResidentExperts(experts),
          moe.sharedExperts() == 0
              ? Optional.empty()
              : Optional.of(Dense.load(loader, mlp + "shared_experts.")),
          trace);
    }

    @Override
    public void forward(
        Device device, Communicator communicator, Workspace w, Weight norm, float eps, int rows) {
      var routing = w.routing.orElseThrow();
      var routed = w.routed.orElseThrow();
      device.rmsNorm(w.normed, w.hidden, norm, eps, rows);
      device.route(routing, w.normed, router, correctionBias, normMin, rows);
      trace.ifPresent(t -> t.chosen(layer, routing.download(rows)));
      device.experts(routed, w.normed, routing, experts, rows);
      if (shared.isPresent()) {
        var weights = shared.get();
        var inner = w.shared.orElseThrow();
        device.gateUp(
            inner.activations(), inner.scratch(), w.normed, weights.gate(), weights.up(), rows);
        device.linearAdd(routed, w.block, inner.activations(), weights.down(), rows);
      }
      DecoderLayer.addReduced(device, communicator, w, routed, rows);
    }
  }

  /** All experts in device memory; their weights belong to the loader. */
  record ResidentExperts(List<Expert> all) implements ExpertSource {
    public ResidentExperts {
      all = List.copyOf(all);
    }

    @Override
    public int count() {
      return all.size();
    }

    @Override
    public Expert expert(int id) {
      return all.get(id);
    }

    @Override
    public void close() {}
  }
}
