package io.github.djlnorm.parity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.SyncBatchNorm;
import io.github.djlnorm.parallel.Shards;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.arrays.Tensors;
import io.github.djlnorm.parity.python.ModuleCall;
import io.github.djlnorm.parity.python.ModuleInput;
import io.github.djlnorm.parity.python.ModuleResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A batch in shards with SyncBatchNorm, beside the whole batch with real PyTorch's BatchNorm. */
class SyncBatchNormParityTest {

    private static final int STEPS = 5;
    private static final Shape SHAPE = new Shape(24, 6, 5, 3);
    private static final Map<String, String> NAMES =
            Map.of(
                    "gamma", "weight",
                    "beta", "bias",
                    "runningMean", "running_mean",
                    "runningVar", "running_var");

    @RegisterExtension static final RealPyTorch PYTORCH = new RealPyTorch();

    private final Random random = new Random(18);

    static Stream<int[]> shards() {
        return Stream.of(
                new int[] {12, 12},
                new int[] {17, 7},
                new int[] {1, 23},
                new int[] {5, 9, 2, 8},
                new int[] {24, 0});
    }

    @ParameterizedTest
    @MethodSource("shards")
    void allIsAsWithTheWholeBatch(int[] sizes) {
        Map<String, double[]> sent = new HashMap<>();
        IntStream.range(0, STEPS).forEach(step -> sent.put("x" + step + "/0", normal(3, 2)));
        sent.put("dy/0", normal(0, 1));
        sent.put("state/weight", random.doubles(6, 0.5, 1.5).toArray());
        sent.put("state/bias", random.doubles(6, -1, 1).toArray());

        ModuleResult theirs = PYTORCH.get().run(List.of(call(sent))).get(0);
        Map<String, double[]> ours = inShards(sent, sizes);

        assertThat(theirs.arrays().keySet()).containsExactlyInAnyOrderElementsOf(ours.keySet());
        ours.forEach(
                (name, values) ->
                        assertThat(distance(values, theirs.arrays().get(name)))
                                .as(name)
                                .isLessThan(1e-13));
    }

    private double[] normal(double mean, double deviation) {
        return DoubleStream.generate(() -> mean + deviation * random.nextGaussian())
                .limit(SHAPE.size())
                .toArray();
    }

    private static ModuleCall call(Map<String, double[]> sent) {
        return new ModuleCall(
                "",
                "nn.BatchNorm2d(6)",
                List.of(new ModuleInput(SHAPE, DataType.FLOAT64)),
                DataType.FLOAT64,
                Layout.CONTIGUOUS,
                IntStream.range(0, STEPS).mapToObj(step -> true).toList(),
                sent);
    }

    /** The same with our layer: outputs and gradients of the last step, and the parameters. */
    private static Map<String, double[]> inShards(Map<String, double[]> sent, int... sizes) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            SyncBatchNorm layer = SyncBatchNorm.builder().build();
            layer.initialize(manager, DataType.FLOAT64, SHAPE);
            array(manager, sent.get("state/weight"), 6).copyTo(array(layer, "gamma"));
            array(manager, sent.get("state/bias"), 6).copyTo(array(layer, "beta"));
            ParameterStore store = new ParameterStore(manager, false);
            NDArray x = null;
            NDArray y = null;
            for (int step = 0; step < STEPS; step++) {
                x = array(manager, sent.get("x" + step + "/0"), SHAPE.getShape());
                x.setRequiresGradient(true);
                try (GradientCollector collector =
                        Engine.getEngine("PyTorch").newGradientCollector()) {
                    List<NDList> outputs =
                            Shards.forward(
                                    split(x, sizes), part -> layer.forward(store, part, true));
                    y = NDArrays.concat(new NDList(outputs.stream().map(NDList::head).toList()));
                    if (step == STEPS - 1) {
                        NDArray dy = array(manager, sent.get("dy/0"), SHAPE.getShape());
                        collector.backward(y.mul(dy).sum());
                    }
                }
            }
            Map<String, double[]> results = new LinkedHashMap<>();
            results.put("y/0", Tensors.values(y));
            results.put("dx/0", Tensors.values(x.getGradient()));
            results.put("grad/weight", Tensors.values(array(layer, "gamma").getGradient()));
            results.put("grad/bias", Tensors.values(array(layer, "beta").getGradient()));
            NAMES.forEach(
                    (name, torchName) ->
                            results.put("state/" + torchName, Tensors.values(array(layer, name))));
            return results;
        }
    }

    private static List<NDList> split(NDArray x, int... sizes) {
        List<NDList> parts = new ArrayList<>();
        int start = 0;
        for (int size : sizes) {
            parts.add(new NDList(x.get(new NDIndex(start + ":" + (start + size)))));
            start += size;
        }
        return parts;
    }

    private static NDArray array(NDManager manager, double[] values, long... shape) {
        return manager.create(values, new Shape(shape));
    }

    private static NDArray array(SyncBatchNorm layer, String name) {
        return layer.getParameters().get(name).getArray();
    }

    /** The length of the difference beside the length of what was expected. */
    private static double distance(double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double difference = 0;
        double length = 0;
        for (int i = 0; i < actual.length; i++) {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            length += expected[i] * expected[i];
        }
        return Math.sqrt(difference / length);
    }
}
