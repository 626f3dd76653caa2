package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.Norm;
import io.github.djlnorm.parity.PyTorch;
import io.github.djlnorm.parity.PyTorchSearch;
import io.github.djlnorm.parity.RealPyTorch;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PythonMeterTest {

    private static final int THREADS = 1;

    @Test
    void networksOfJavaAndPythonTrainTheSameParameters() throws IOException {
        Trial trial =
                new Trial(
                        Contestant.PYTHON_RESNET_GROUP_NORM, Work.STEP, Trial.shape("2x3x8x8"), 8);
        try (PyTorch torch = RealPyTorch.orSkip(PyTorchSearch.run());
                TrainingStep ours = new TrainingStep(trial, Norm.group(trial.groups()))) {
            PythonMeter.Reply reply = new PythonMeter(torch, THREADS, Size.QUICK).ask(trial, 1);

            assertThat(reply.seconds()).singleElement().satisfies(s -> assertThat(s).isPositive());
            assertThat(reply.shapes())
                    .hasSizeGreaterThan(TrainingStep.LAYERS)
                    .isEqualTo(shapes(ours));
        }
    }

    private static List<List<Long>> shapes(TrainingStep step) {
        return step.parameterShapes().stream().map(PythonMeterTest::dimensions).toList();
    }

    private static List<Long> dimensions(Shape shape) {
        return Arrays.stream(shape.getShape()).boxed().toList();
    }
}
