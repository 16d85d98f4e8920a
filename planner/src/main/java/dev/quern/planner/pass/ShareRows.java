package dev.quern.planner.pass;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.rel.GenerateFilterRel;
import dev.quern.planner.rel.GenerateRel;
import dev.quern.planner.rel.SharedRel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlExplainLevel;
import org.apache.calcite.tools.RelBuilder;

/**
 * Rows with answers that are read several times are made once: branches of a UNION ALL that ask
 * about the same rows become one generate node over them, so that the calls of a row are siblings
 * of one prefix; sub-plans with calls that stand in the query twice run once; and the inner side of
 * a join that is read again for each outer row is kept.
 */
public final class ShareRows implements Pass {
  @Override
  public RelNode apply(RelNode root) {
    return new Sharing(root).rewrite();
  }

  private static final class Sharing {
    private final RelNode root;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private int next;

    Sharing(RelNode root) {
      this.root = root;
    }

    RelNode rewrite() {
      RelNode merged = mergeUnions(root, false);
      Map<String, List<RelNode>> seen = new LinkedHashMap<>();
      count(merged, seen);
      return share(merged, seen, false, false);
    }

    /**
     * @param limited whether a LIMIT above may leave the later branches of a union unread: answers
     *     for them must not be made with those of the first
     */
    private RelNode mergeUnions(RelNode node, boolean limited) {
      boolean below = stopsBelow(node, limited);
      RelNode copy = Pass.withInputs(node, input -> mergeUnions(input, below));
      return copy instanceof Union union && union.all && !limited ? merged(union) : copy;
    }

    private static boolean stopsBelow(RelNode node, boolean limited) {
      return switch (node) {
        case Sort sort ->
            sort.getCollation().getKeys().isEmpty() && (limited || sort.fetch != null);
        case Aggregate aggregate -> false;
        default -> limited;
      };
    }

    /** One branch: an optional projection over calls over rows. */
    private record Branch(int index, Project project, GenerateRel generate) {}

    private RelNode merged(Union union) {
      Map<String, List<Branch>> groups = new LinkedHashMap<>();
      for (int i = 0; i < union.getInputs().size(); i++) {
        RelNode input = union.getInput(i);
        Project project = input instanceof Project p && !p.containsOver() ? p : null;
        if ((project == null ? input : project.getInput()) instanceof GenerateRel generate
            && isTheSameAgain(generate)) {
          groups
              .computeIfAbsent(digest(generate.getInput()), d -> new ArrayList<>())
              .add(new Branch(i, project, generate));
        }
      }
      List<RelNode> inputs = new ArrayList<>(union.getInputs());
      boolean changed = false;
      for (List<Branch> group : groups.values()) {
        if (group.size() > 1) {
          changed = true;
          mergeGroup(group, inputs);
        }
      }
      return changed ? union.copy(union.getTraitSet(), inputs) : union;
    }

    private void mergeGroup(List<Branch> group, List<RelNode> inputs) {
      List<GenerateCall> calls = new ArrayList<>();
      List<RelDataType> types = new ArrayList<>();
      for (Branch branch : group) {
        for (int i = 0; i < branch.generate().calls().size(); i++) {
          if (!calls.contains(branch.generate().calls().get(i))) {
            calls.add(branch.generate().calls().get(i));
            types.add(branch.generate().types().get(i));
          }
        }
      }
      RelNode rows = group.getFirst().generate().getInput();
      RelNode shared = SharedRel.logical(GenerateRel.logical(rows, calls, types), next++);
      for (Branch branch : group) {
        inputs.set(branch.index(), over(shared, branch, calls));
      }
    }

    private static RelNode over(RelNode shared, Branch branch, List<GenerateCall> calls) {
      int columns = branch.generate().inputColumns();
      var places =
          new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
              int call = ref.getIndex() - columns;
              return call < 0
                  ? ref
                  : new RexInputRef(
                      columns + calls.indexOf(branch.generate().calls().get(call)), ref.getType());
            }
          };
      RelBuilder builder =
          RelFactories.LOGICAL_BUILDER.create(shared.getCluster(), null).push(shared);
      RelDataType type =
          branch.project() == null ? branch.generate().getRowType() : branch.project().getRowType();
      List<RexNode> expressions =
          branch.project() == null ? identity(branch.generate()) : branch.project().getProjects();
      return builder.project(places.visitList(expressions), type.getFieldNames(), true).build();
    }

    private static List<RexNode> identity(RelNode node) {
      return new ArrayList<>(node.getCluster().getRexBuilder().identityProjects(node.getRowType()));
    }

    private static void count(RelNode node, Map<String, List<RelNode>> seen) {
      if (hasCalls(node)) {
        if (!(node instanceof SharedRel)) {
          seen.computeIfAbsent(digest(node), d -> new ArrayList<>()).add(node);
        }
        node.getInputs().forEach(input -> count(input, seen));
      }
    }

    /**
     * @param again whether the node is read more than once where it stands
     * @param inside whether a node above is shared already
     */
    private RelNode share(
        RelNode node, Map<String, List<RelNode>> seen, boolean again, boolean inside) {
      if (!hasCalls(node)) {
        return node;
      }
      boolean twice =
          !inside && !hasShared(node) && seen.getOrDefault(digest(node), List.of()).size() > 1;
      boolean shares = (twice || again) && !(node instanceof SharedRel) && isTheSameAgain(node);
      List<RelNode> inputs = new ArrayList<>();
      for (int i = 0; i < node.getInputs().size(); i++) {
        boolean inner =
            i == 1 && node instanceof Join join && join.analyzeCondition().leftKeys.isEmpty();
        inputs.add(
            share(node.getInput(i), seen, inner, inside || shares || node instanceof SharedRel));
      }
      RelNode copy = inputs.equals(node.getInputs()) ? node : node.copy(node.getTraitSet(), inputs);
      return shares
          ? SharedRel.logical(copy, numbers.computeIfAbsent(digest(node), d -> next++))
          : copy;
    }

    /** Whether the node gives the same rows wherever it stands. */
    private static boolean isTheSameAgain(RelNode node) {
      return RelOptUtil.getVariablesUsed(node).isEmpty() && StableRows.isStable(node);
    }

    private static boolean hasShared(RelNode node) {
      return node instanceof SharedRel || node.getInputs().stream().anyMatch(Sharing::hasShared);
    }

    private static boolean hasCalls(RelNode node) {
      return node instanceof GenerateRel
          || node instanceof GenerateFilterRel
          || node.getInputs().stream().anyMatch(Sharing::hasCalls);
    }

    private static String digest(RelNode node) {
      return RelOptUtil.toString(node, SqlExplainLevel.DIGEST_ATTRIBUTES);
    }
  }
}
