package dev.quern.planner.pass;

import java.util.function.Function;
import org.apache.calcite.plan.RelOptRuleCall;
import org.apache.calcite.plan.RelRule;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.tools.RelBuilderFactory;

/** A planner rule made of an operand pattern and a function. */
final class RewriteRule extends RelRule<RewriteRule.Config> {
  private RewriteRule(Config config) {
    super(config);
  }

  /**
   * @param rewrite gives the replacement, or null where the rule does not apply
   */
  static RewriteRule of(
      String name, OperandTransform pattern, Function<RelOptRuleCall, RelNode> rewrite) {
    return new RewriteRule(new Config(pattern, name, rewrite));
  }

  @Override
  public void onMatch(RelOptRuleCall call) {
    RelNode result = config.rewrite.apply(call);
    if (result != null) {
      call.transformTo(result);
    }
  }

  /** What a rule is made of. */
  record Config(
      OperandTransform operandSupplier,
      String description,
      Function<RelOptRuleCall, RelNode> rewrite)
      implements RelRule.Config {
    @Override
    public RewriteRule toRule() {
      return new RewriteRule(this);
    }

    @Override
    public RelBuilderFactory relBuilderFactory() {
      return RelFactories.LOGICAL_BUILDER;
    }

    @Override
    public RelRule.Config withRelBuilderFactory(RelBuilderFactory factory) {
      throw new UnsupportedOperationException("the builder is fixed");
    }

    @Override
    public RelRule.Config withDescription(String description) {
      return new Config(operandSupplier, description, rewrite);
    }

    @Override
    public RelRule.Config withOperandSupplier(OperandTransform transform) {
      return new Config(transform, description, rewrite);
    }
  }
}
