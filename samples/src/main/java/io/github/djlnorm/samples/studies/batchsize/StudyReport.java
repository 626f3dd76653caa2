package io.github.djlnorm.samples.studies.batchsize;

import io.github.djlnorm.samples.cli.BadInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What came out of a study of batch sizes.
 *
 * @param setting what all its trainings have in common
 * @param summary their results
 */
record StudyReport(StudySetting setting, StudySummary summary) {

    /**
     * Reads what there is in a folder.
     *
     * @throws BadInputException if there is nothing, or something else
     */
    static StudyReport of(StudyFolder folder) throws IOException {
        try {
            return of(folder.setting(), folder.runs().results());
        } catch (IllegalArgumentException e) {
            throw new BadInputException(
                    folder + " is no study of batch sizes: " + e.getMessage(), e);
        }
    }

    /**
     * Reports results.
     *
     * @throws IllegalArgumentException if the setting is that of something else
     */
    static StudyReport of(String setting, Map<StudyRun, StudyResult> results) {
        StudySetting parsed = StudySetting.parse(setting);
        return new StudyReport(parsed, StudySummary.of(parsed.smallestMap(), results));
    }

    /** A table, and what it says. */
    List<String> lines() {
        List<String> lines = new ArrayList<>(summary.lines());
        lines.addAll(new StudyVerdict(summary).lines());
        return lines;
    }
}
