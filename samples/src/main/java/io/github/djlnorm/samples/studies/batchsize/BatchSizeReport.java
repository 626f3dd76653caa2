package io.github.djlnorm.samples.studies.batchsize;

import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.studies.StudyRun;
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
record BatchSizeReport(StudySetting setting, BatchSizeSummary summary) {

    /**
     * Reads what there is in a folder.
     *
     * @throws BadInputException if there is nothing, or something else
     */
    static BatchSizeReport of(StudyFolder folder) throws IOException {
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
    static BatchSizeReport of(String setting, Map<StudyRun, BatchSizeResult> results) {
        StudySetting parsed = StudySetting.parse(setting);
        return new BatchSizeReport(parsed, BatchSizeSummary.of(parsed.smallestMap(), results));
    }

    /** A table, and what it says. */
    List<String> lines() {
        List<String> lines = new ArrayList<>(summary.lines());
        lines.addAll(new BatchSizeVerdict(summary).lines());
        return lines;
    }
}
