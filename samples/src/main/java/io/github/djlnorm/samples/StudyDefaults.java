package io.github.djlnorm.samples;

import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What studies take for options that are not given: those of their own, and for the shared ones a
 * net and an image size at which many trainings are affordable, with the optimizer of the papers.
 */
abstract class StudyDefaults implements IDefaultValueProvider {

    private final Map<String, String> values =
            new HashMap<>(
                    Map.of(
                            "--net", "resnet:14",
                            "--image-size", "16",
                            "--optimizer", "sgd",
                            "--schedule", "cosine",
                            "--learning-rate", "0.05"));

    /** Takes names and values in turn. */
    StudyDefaults(String... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put(namesAndValues[i], namesAndValues[i + 1]);
        }
    }

    @Override
    public String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option ? values.get(option.longestName()) : null;
    }
}
