package io.github.djlnorm.samples.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.studies.StudyRun;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentSummaryTest {

    /** By hand: 3 of 4 pixels of class 0 found and none of class 1, or all. */
    @Test
    void meansAndDeviationsAreOverSeeds() {
        StudyRun first = new StudyRun(Norm.batch(), 2, 1);
        StudyRun second = new StudyRun(Norm.batch(), 2, 2);
        StudyRun group = new StudyRun(Norm.group(4), 8, 1);
        SegmentSummary summary =
                new SegmentSummary(
                        List.of("ground", "car"),
                        List.of(
                                new SegmentResult(first, Mode.EVALUATION, some()),
                                new SegmentResult(first, Mode.TRAINING, all()),
                                new SegmentResult(second, Mode.EVALUATION, all()),
                                new SegmentResult(second, Mode.TRAINING, all()),
                                new SegmentResult(group, Mode.EVALUATION, all())));
        // 0.75 and 0 for some, of which the mean is 0.375; with 1 that is 0.6875 +- 0.4419.
        assertThat(summary.lines())
                .contains(
                        "mean IoU (%), batch                2             8",
                        "batch (evaluation)        68.8 ±44.2",
                        "batch (training)         100.0 ± 0.0",
                        "group:4                                100.0 ± 0.0",
                        "IoU (%), batch size 2         ground           car");
        assertThat(summary.csv())
                .contains(
                        "batch (evaluation),2,1,ground,0.750000,0.857143",
                        "batch (evaluation),2,1,all,0.375000,0.428571");
    }

    private static Confusion some() {
        Confusion confusion = new Confusion(2);
        confusion.add(new Mask(4, new byte[] {0, 0, 0, 1}), new Mask(4, new byte[] {0, 0, 0, 0}));
        return confusion;
    }

    private static Confusion all() {
        Confusion confusion = new Confusion(2);
        confusion.add(new Mask(2, new byte[] {0, 1}), new Mask(2, new byte[] {0, 1}));
        return confusion;
    }
}
