package io.github.djlnorm.samples.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * What commands demand of their options.
 *
 * @param command the command that a refusal names
 */
public record OptionRules(CommandSpec command) {

    public void require(boolean holds, String option, String rule, Object value) {
        if (!holds) {
            throw new ParameterException(
                    command.commandLine(), option + " must be " + rule + " but is " + value);
        }
    }

    public void requirePositive(String option, int value) {
        require(value >= 1, option, "at least 1", value);
    }

    public void requireAboveZero(String option, float value) {
        require(value > 0 && Float.isFinite(value), option, "a number above 0", value);
    }

    public void requireDistinct(String option, List<?> values) {
        boolean distinct = values.stream().distinct().count() == values.size();
        require(distinct, option, "different ones", values);
    }

    /** Builds something to see whether that is refused. */
    public void requireFits(String what, Runnable build) {
        try {
            build.run();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), what + ": " + e.getMessage(), e);
        }
    }
}
