package io.github.djlnorm.parity;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.python.ModuleResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * All that a block gave beside all that a module gave: what one of them lacks is a complaint, and
 * so are another shape and an error that is too large.
 */
final class ModuleComparison {

    private final Map<String, BlockResult> ours;
    private final ModuleResult single;
    private final ModuleResult exact;
    private final Set<String> leftOut;
    private final double slack;

    /**
     * @param ours the block's arrays
     * @param single the module's, in the block's type
     * @param exact the module's, in double precision
     * @param leftOut the names of parameters and buffers that the module has alone
     * @param slack what the block may be further off than the module, in ULP
     */
    ModuleComparison(
            Map<String, BlockResult> ours,
            ModuleResult single,
            ModuleResult exact,
            Set<String> leftOut,
            double slack) {
        this.ours = ours;
        this.single = single;
        this.exact = exact;
        this.leftOut = leftOut;
        this.slack = slack;
    }

    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        for (String name : ours.keySet()) {
            String complaint = complaint(name, ours.get(name));
            if (complaint != null) {
                complaints.add(complaint);
            }
        }
        Set<String> lacking = new TreeSet<>(exact.arrays().keySet());
        lacking.removeAll(ours.keySet());
        lacking.removeIf(name -> leftOut.contains(name.substring(name.indexOf('/') + 1)));
        lacking.forEach(name -> complaints.add("the block has no " + words(name)));
        return complaints;
    }

    private String complaint(String name, BlockResult result) {
        double[] values = single.arrays().get(name);
        double[] truth = exact.arrays().get(name);
        if (values == null || truth == null) {
            return "%s has no counterpart in PyTorch, which gave no %s"
                    .formatted(result.label(), words(name));
        }
        Shape shape = exact.shapes().get(name);
        if (!result.shape().equals(shape)) {
            return "%s has the shape %s, PyTorch's %s"
                    .formatted(result.label(), result.shape(), shape);
        }
        boolean byInstance = name.startsWith("y/") || name.startsWith("dx/");
        return result.complaint(values, truth, byInstance, slack);
    }

    private static String words(String name) {
        String rest = name.substring(name.indexOf('/') + 1);
        return switch (name.substring(0, name.indexOf('/'))) {
            case "y" -> "output " + rest;
            case "dx" -> "gradient of input " + rest;
            case "grad" -> "gradient of " + rest;
            default -> rest;
        };
    }
}
