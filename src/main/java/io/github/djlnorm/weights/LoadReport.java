package io.github.djlnorm.weights;

import io.github.djlnorm.weights.storage.Printable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of a checkpoint.
 *
 * @param names the names of the parameters that got values, from the block's to the checkpoint's
 * @param missing the names of parameters that the checkpoint has no tensor for; these keep their
 *     values
 * @param unexpected the names of tensors that the block has no parameter for; these are not used
 * @param unfit the tensors of another shape or type than their parameter; these are not used
 */
public record LoadReport(
        Map<String, String> names,
        List<String> missing,
        List<String> unexpected,
        List<String> unfit) {

    /**
     * Creates a report.
     *
     * @param names from the block's names to the checkpoint's
     * @param missing the block's names without a tensor
     * @param unexpected the checkpoint's names without a parameter
     * @param unfit what does not fit, with its reason
     */
    public LoadReport {
        names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
        missing = List.copyOf(missing);
        unexpected = List.copyOf(unexpected);
        unfit = List.copyOf(unfit);
    }

    /**
     * Returns whether every parameter got a tensor and every tensor was used.
     *
     * @return true if nothing is missing, unexpected or unfit
     */
    public boolean isComplete() {
        return missing.isEmpty() && unexpected.isEmpty() && unfit.isEmpty();
    }

    /**
     * Returns a parameter's name in the checkpoint, for writing it back under that name.
     *
     * @param blockName the parameter's name in the block
     * @return its name in the checkpoint, or the same name if it got no value from there
     */
    public String checkpointName(String blockName) {
        return names.getOrDefault(blockName, blockName);
    }

    /** Tells all that is wrong, in one line. */
    String problems() {
        List<String> problems = new ArrayList<>();
        add(problems, "missing", missing);
        add(problems, "unexpected", unexpected);
        add(problems, "unfit", unfit);
        return String.join("; ", problems);
    }

    private static void add(List<String> problems, String kind, List<String> names) {
        if (!names.isEmpty()) {
            problems.add(kind + " " + names.stream().map(Printable::of).toList());
        }
    }
}
