package io.github.djlnorm.samples.studies;

import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What a study takes for options that are not given, shared ones included. */
public abstract class StudyDefaults implements IDefaultValueProvider {

    private final Map<String, String> values = new HashMap<>();

    /** Takes names and values in turn. */
    protected StudyDefaults(String... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put(namesAndValues[i], namesAndValues[i + 1]);
        }
    }

    @Override
    public String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option ? values.get(option.longestName()) : null;
    }
}
