package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.parity.RealPyTorch;
import io.github.djlnorm.weights.StateDict;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The nets of Java, of Python and of ONNX are the same. */
class PythonNetsTest {

    private static final float ROUNDING = 1e-5f;
    private static final int THREADS = 1;

    @RegisterExtension static final RealPyTorch PYTORCH = new RealPyTorch();

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "PYTHON_CIFAR_RESNET, ONNX_CIFAR_RESNET, 2x3x16x16",
        "PYTHON_IMAGE_GENERATOR, ONNX_IMAGE_GENERATOR, 1x3x16x16"
    })
    void netWithOurWeightsPredictsTheSame(Contestant python, Contestant onnx, String input)
            throws IOException {
        PythonNets nets = new PythonNets(PYTORCH.get(), THREADS);
        Trial trial = new Trial(python, Work.INFERENCE, Input.parse(input));
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block block = python.net().block();
            block.initialize(manager, DataType.FLOAT32, trial.input().shape());
            NDList weights = weights(block);
            float[] ours = predict(block, manager, trial.input());

            Path reply = folder.resolve("y.npz");
            nets.predict(trial, weights, reply);
            try (StateDict outputs = StateDict.read(reply)) {
                check(outputs.get("y", manager).toFloatArray(), ours);
            }

            Trial exported = trial.with(onnx);
            Path file = OnnxFiles.file(folder, exported);
            nets.export(exported, weights, file);
            assertThat(file).isNotEmptyFile();
            if (OnnxRuntime.find().isPresent()) {
                try (Call call = OnnxRuntime.find().get().open(file, trial.input(), THREADS)) {
                    check(call.numbers().get(0), ours);
                }
            }
        }
    }

    @Test
    void stepOfPythonIsTimed() throws IOException {
        PythonNets nets = new PythonNets(PYTORCH.get(), THREADS);
        Trial trial = new Trial(Contestant.PYTHON_CIFAR_RESNET, Work.STEP, Input.parse("2x3x8x8"));

        Measurement measurement = nets.measure(trial, new Work.Schedule(1, 1, 1));

        assertThat(measurement.value()).isPositive();
        assertThat(measurement.callsBefore()).isPositive();
    }

    private static NDList weights(Block block) {
        NDList weights = new NDList();
        for (Parameter parameter : block.getParameters().values()) {
            weights.add(parameter.getArray());
        }
        return weights;
    }

    private static float[] predict(Block block, NDManager manager, Input input) {
        NDList x = new NDList(manager.create(Data.x(input), input.shape()));
        ParameterStore store = new ParameterStore(manager, false);
        return block.forward(store, x, false).singletonOrThrow().toFloatArray();
    }

    private static void check(float[] theirs, float[] ours) {
        float largest = ContestantsTest.largest(theirs);
        assertThat(largest).isGreaterThan(0.01f);
        assertThat(ours).containsExactly(theirs, within(ROUNDING * largest));
    }
}
