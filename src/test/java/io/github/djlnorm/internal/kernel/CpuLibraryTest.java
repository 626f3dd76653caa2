package io.github.djlnorm.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The native kernel on libtorch's tensors, against the formula in float64. */
@OnPyTorch("the library needs libtorch")
class CpuLibraryTest {

    private static final double EPSILON = 1e-5;

    /** Of the largest term of the sum that a value is, in units of float's last place. */
    private static final double ULPS = 6;

    private NDManager manager;

    @BeforeEach
    void open() {
        boolean isRequired = Boolean.parseBoolean(System.getenv("DJLNORM_REQUIRE_NATIVE"));
        String missing = "no native kernel: " + CpuLibrary.reason();
        if (isRequired) {
            assertThat(CpuLibrary.isLoaded()).as(missing).isTrue();
        }
        assumeTrue(CpuLibrary.isLoaded(), missing);
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void close() {
        if (manager != null) {
            manager.close();
        }
    }

    static List<Arguments> layouts() {
        long[][] shapes = {
            {3, 6},
            {2, 96},
            {2, 6, 1},
            {1, 6, 35},
            {2, 6, 5, 7},
            {2, 48, 9, 8},
            {3, 12, 2, 2},
            {2, 6, 2, 3, 4},
            {1, 6, 100, 101},
            {2, 576, 3, 3},
            {1, 6, 1, 1},
            {1, 96, 4, 4}
        };
        List<Arguments> all = new ArrayList<>();
        for (long[] shape : shapes) {
            for (boolean channelsLast : new boolean[] {false, true}) {
                for (int activation = 0; activation < 4; activation++) {
                    all.add(Arguments.of(new Shape(shape), channelsLast, activation));
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void normalizesGroups(Shape shape, boolean channelsLast, int activation) {
        for (int groups : new int[] {1, 2, 3, 6}) {
            for (int affine = 0; affine < 4; affine++) {
                Values values = new Values(shape, channelsLast, normal(1, shape.size(), 3, 2));
                values.activation = activation;
                values.gamma = affine % 2 == 0 ? null : normal(2, values.channels, 1, 0.5);
                values.beta = affine / 2 == 0 ? null : normal(3, values.channels, 0, 1);
                values.checkGroups(groups);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void normalizesByConstants(Shape shape, boolean channelsLast, int activation) {
        Values values = new Values(shape, channelsLast, normal(4, shape.size(), 3, 2));
        values.activation = activation;
        values.mean = normal(5, values.channels, 3, 1);
        values.variance = normal(6, values.channels, 4, 0.5);
        values.checkConstants();
        values.gamma = normal(7, values.channels, 1, 0.5);
        values.checkConstants();
        values.beta = normal(8, values.channels, 0, 1);
        values.checkConstants();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsItsDigitsAtALargeMean(boolean channelsLast) {
        for (double mean : new double[] {1e4, 1e6, -1e6}) {
            Shape shape = new Shape(2, 6, 30, 31);
            new Values(shape, channelsLast, normal(9, shape.size(), mean, 1)).checkGroups(3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isNotSpoiledByAnOutlier(boolean channelsLast) {
        Shape shape = new Shape(2, 6, 30, 31);
        double[] x = normal(10, shape.size(), 0, 1);
        x[0] = 1e6;
        new Values(shape, channelsLast, x).checkGroups(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void normalizesWhatOverflowsFloatsSquares(boolean channelsLast) {
        for (double deviation : new double[] {1e20, 1e30, 5e37}) {
            Shape shape = new Shape(2, 6, 5, 7);
            new Values(shape, channelsLast, normal(11, shape.size(), 0, deviation)).checkGroups(3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void normalizesWhatUnderflowsFloatsSquares(boolean channelsLast) {
        for (double deviation : new double[] {1e-20, 1e-30, 1e-40}) {
            Shape shape = new Shape(2, 6, 5, 7);
            Values values = new Values(shape, channelsLast, normal(12, shape.size(), 0, deviation));
            values.epsilon = 0;
            values.checkGroups(3);
        }
    }

    @Test
    void normalizesTinyValuesWithoutEpsilon() {
        Values values =
                new Values(new Shape(1, 1, 4), false, new double[] {1e-30, 2e-30, 3e-30, 4e-30});
        values.epsilon = 0;

        assertThat(values.groups(1, 1))
                .containsExactly(
                        new float[] {-1.3416408f, -0.4472136f, 0.4472136f, 1.3416408f},
                        within(3e-7f));
    }

    @Test
    void subtractsAConstantMeanBeforeItScales() {
        double[] x = {1e6 - 0.125, 1e6, 1e6 + 0.0625, 1e6 + 0.25};
        Values values = new Values(new Shape(1, 1, 4), false, x);
        values.mean = new double[] {1e6};
        values.variance = new double[] {0.01};

        // by hand: -0.125, 0, 0.0625, 0.25 times 1 / sqrt(0.01001) = 9.99500375
        assertThat(values.constants(1))
                .containsExactly(
                        new float[] {-1.2493755f, 0, 0.6246877f, 2.498751f}, within(3e-7f));
    }

    @Test
    void givesBetaForConstantInput() {
        double[] x = IntStream.range(0, 2 * 6 * 35).mapToDouble(i -> 12345.678).toArray();
        Values values = new Values(new Shape(2, 6, 5, 7), false, x);
        values.beta = new double[] {1, 2, 3, 4, 5, 6};

        float[] y = values.groups(3, 1);

        for (int i = 0; i < y.length; i++) {
            assertThat(y[i]).isEqualTo(i / 35 % 6 + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsNanAndInfinityInTheirGroup(boolean channelsLast) {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            for (int activation = 0; activation < 4; activation++) {
                Shape shape = new Shape(2, 6, 5, 7);
                double[] x = normal(13, shape.size(), 0, 1);
                Values good = new Values(shape, channelsLast, x);
                good.activation = activation;
                int at = 35 + 3; // instance 0, channel 1
                double[] spoiled = x.clone();
                spoiled[at] = bad;
                Values values = new Values(shape, channelsLast, spoiled);
                values.activation = activation;

                float[] expected = good.groups(3, 1);
                float[] y = values.groups(3, 1);

                Arrays.fill(expected, 0, 70, Float.NaN);
                assertThat(y).containsExactly(expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsNanInItsPlaceWithConstants(boolean channelsLast) {
        for (int activation = 0; activation < 4; activation++) {
            Shape shape = new Shape(2, 6, 5, 7);
            double[] x = normal(14, shape.size(), 0, 1);
            x[100] = Double.NaN;
            Values values = new Values(shape, channelsLast, x);
            values.activation = activation;
            values.mean = new double[6];
            values.variance = new double[] {1, 1, 1, Double.NaN, 1, 1};

            float[] y = values.constants(1);

            for (int i = 0; i < y.length; i++) {
                assertThat(Float.isNaN(y[i])).isEqualTo(i == 100 || i / 35 % 6 == 3);
            }
        }
    }

    static List<Shape> manySizes() {
        return List.of(
                new Shape(8, 64, 32, 32),
                new Shape(1, 6, 100, 101),
                new Shape(3, 2, 130, 129),
                new Shape(1, 1, 1, 70000),
                new Shape(1, 100000, 1),
                new Shape(70, 768),
                new Shape(5, 600, 4, 4));
    }

    @ParameterizedTest
    @MethodSource("manySizes")
    void givesTheSameBitsWithAnyNumberOfThreads(Shape shape) {
        for (boolean channelsLast : new boolean[] {false, true}) {
            Values values = new Values(shape, channelsLast, normal(15, shape.size(), 1, 2));
            values.gamma = normal(16, values.channels, 1, 0.5);
            for (int groups : new int[] {1, values.channels}) {
                float[] y = values.groups(groups, 1);
                for (int threads : new int[] {2, 3}) {
                    assertThat(values.groups(groups, threads)).isEqualTo(y);
                }
            }
            values.mean = normal(17, values.channels, 3, 1);
            values.variance = normal(18, values.channels, 4, 0.5);
            assertThat(values.constants(3)).isEqualTo(values.constants(1));
        }
    }

    @Test
    void normalizesGroupsThatThreadsShare() {
        for (boolean channelsLast : new boolean[] {false, true}) {
            Shape shape = new Shape(1, 6, 100, 101);
            Values values = new Values(shape, channelsLast, normal(19, shape.size(), 1e4, 2));
            values.threads = 3;
            values.checkGroups(1);
            values.checkGroups(2);
        }
    }

    @Test
    void givesTheSameBitsInManyThreads() throws Exception {
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            Random random = new Random(t);
            calls.add(
                    () -> {
                        boolean isSame = true;
                        for (int i = 0; i < 300; i++) {
                            int channels = 2 << random.nextInt(6);
                            int side = 1 + random.nextInt(i % 100 == 99 ? 70 : 8);
                            Shape shape = new Shape(1 + random.nextInt(3), channels, side, side);
                            Values values =
                                    new Values(
                                            shape,
                                            random.nextBoolean(),
                                            normal(i, shape.size(), 0, 1));
                            isSame &= Arrays.equals(values.groups(2, 2), values.groups(2, 1));
                        }
                        return isSame;
                    });
        }
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (Future<Boolean> call : threads.invokeAll(calls)) {
                assertThat(call.get()).isTrue();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void refusesWhatItDoesNotTake() {
        NDArray x = manager.ones(new Shape(2, 6, 5, 7));
        NDArray gamma = manager.ones(new Shape(6));

        assertThat(groups(manager.ones(new Shape(2, 6, 5, 7), DataType.FLOAT64), null, 3)).isZero();
        assertThat(groups(manager.ones(new Shape(2, 6, 5, 7), DataType.FLOAT16), null, 3)).isZero();
        assertThat(groups(manager.ones(new Shape(2, 6, 5, 7), DataType.INT32), null, 3)).isZero();
        assertThat(groups(manager.ones(new Shape(6)), null, 3)).isZero();
        assertThat(groups(manager.create(1f), null, 1)).isZero();
        assertThat(groups(manager.create(new Shape(0, 6, 5)), null, 3)).isZero();
        assertThat(groups(manager.create(new Shape(2, 6, 0)), null, 3)).isZero();
        assertThat(groups(x.get(":, :, :, 1:4"), null, 3)).as("columns of a slice").isZero();
        assertThat(groups(x.get(":, 1:4"), null, 3)).as("channels of a slice").isZero();
        assertThat(groups(x.transpose(0, 1, 3, 2), null, 3)).as("positions transposed").isZero();
        assertThat(groups(manager.ones(new Shape(6, 2)).transpose(), null, 3)).isZero();
        assertThat(groups(manager.ones(new Shape(1, 6, 1)).broadcast(2, 6, 35), null, 3)).isZero();
        assertThat(groups(x, gamma, 0)).isZero();
        assertThat(groups(x, gamma, -1)).isZero();
        assertThat(groups(x, gamma, 4)).isZero();
        assertThat(groups(x, manager.ones(new Shape(5)), 3)).isZero();
        assertThat(groups(x, manager.ones(new Shape(12)).get("::2"), 3)).as("every 2nd").isZero();
        assertThat(groups(x, manager.ones(new Shape(1)).broadcast(6), 3)).isZero();
        assertThat(groups(x, manager.ones(new Shape(6), DataType.FLOAT64), 3)).isZero();
        assertThat(constants(x, manager.ones(new Shape(5)), gamma)).isZero();
        assertThat(constants(x, gamma, manager.ones(new Shape(6), DataType.FLOAT64))).isZero();
        assertThat(CpuLibrary.normalizeByConstants(handle(x), handle(gamma), 0, 0, 0, 0, 0, 1))
                .isZero();
        assertThat(CpuLibrary.normalizeGroups(handle(x), 0, 0, 3, 0, 4, 1)).isZero();
        assertThat(CpuLibrary.normalizeGroups(0, 0, 0, 3, 0, 0, 1)).isZero();
    }

    @Test
    void takesAContiguousSlice() {
        NDArray all = manager.create(floats(normal(20, 5 * 6 * 7, 0, 1)), new Shape(5, 6, 7));
        NDArray x = all.get("2:4");
        NDArray copy = manager.create(x.toFloatArray(), x.getShape());

        assertThat(array(groups(x, null, 3)).toFloatArray())
                .isEqualTo(array(groups(copy, null, 3)).toFloatArray());
    }

    @Test
    void leavesItsInputAsItWas() {
        NDArray x = manager.create(floats(normal(21, 420, 0, 1)), new Shape(2, 6, 35));
        float[] before = x.toFloatArray();

        array(groups(x, null, 3));

        assertThat(x.toFloatArray()).isEqualTo(before);
    }

    @Test
    void knowsWhatAutogradRecords() {
        NDArray plain = manager.ones(new Shape(2, 3));
        NDArray leaf = manager.ones(new Shape(2, 3));
        leaf.setRequiresGradient(true);
        NDArray filled = manager.ones(new Shape(2, 3));
        filled.hasGradient(); // an answer that DJL keeps
        boolean before = JniUtils.isGradMode();
        try {
            JniUtils.setGradMode(true);
            filled.addi(leaf);
            NDArray result = leaf.mul(plain);
            NDArray view = leaf.reshape(6);
            assertThat(CpuLibrary.isRecorded(handle(plain), 0, 0)).isFalse();
            for (NDArray array : List.of(leaf, filled, result, view)) {
                assertThat(CpuLibrary.isRecorded(handle(array), 0, 0)).isTrue();
                assertThat(CpuLibrary.isRecorded(handle(plain), handle(array), 0)).isTrue();
                assertThat(CpuLibrary.isRecorded(handle(plain), 0, handle(array))).isTrue();
            }
            JniUtils.setGradMode(false);
            assertThat(CpuLibrary.isRecorded(handle(leaf), handle(result), handle(view))).isFalse();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    private static long groups(NDArray x, NDArray gamma, int groups) {
        return CpuLibrary.normalizeGroups(handle(x), handle(gamma), 0, groups, EPSILON, 0, 1);
    }

    private static long constants(NDArray x, NDArray mean, NDArray variance) {
        return CpuLibrary.normalizeByConstants(
                handle(x), handle(mean), handle(variance), 0, 0, EPSILON, 0, 1);
    }

    private static long handle(NDArray array) {
        return array == null ? 0 : ((PtNDArray) array).getHandle();
    }

    private NDArray array(long handle) {
        assertThat(handle).isNotZero();
        return new PtNDArray((PtNDManager) manager, handle);
    }

    private static double[] normal(int seed, long length, double mean, double deviation) {
        Random random = new Random(seed);
        // as float has them, so that the formula sees what the kernel sees
        return random.doubles(length)
                .map(u -> (float) (mean + deviation * random.nextGaussian()))
                .toArray();
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** One call and what it must give. Values are in the order of (batch, channels, positions). */
    private final class Values {

        private final Shape shape;
        private final int channels;
        private final int positions;
        private final boolean channelsLast;
        private final double[] x;
        private double[] gamma;
        private double[] beta;
        private double[] mean;
        private double[] variance;
        private double epsilon = EPSILON;
        private int activation;
        private int threads = 1;

        Values(Shape shape, boolean channelsLast, double[] x) {
            this.shape = shape;
            this.channelsLast = channelsLast;
            this.x = x;
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) x[i];
            }
            channels = Math.toIntExact(shape.get(1));
            positions = Math.toIntExact(shape.slice(2).size());
        }

        float[] groups(int groups, int threads) {
            try (NDManager own = manager.newSubManager()) {
                long result =
                        CpuLibrary.normalizeGroups(
                                handle(input(own)),
                                vector(own, gamma),
                                vector(own, beta),
                                groups,
                                epsilon,
                                activation,
                                threads);
                return result(own, result);
            }
        }

        float[] constants(int threads) {
            try (NDManager own = manager.newSubManager()) {
                long result =
                        CpuLibrary.normalizeByConstants(
                                handle(input(own)),
                                vector(own, mean),
                                vector(own, variance),
                                vector(own, gamma),
                                vector(own, beta),
                                epsilon,
                                activation,
                                threads);
                return result(own, result);
            }
        }

        void checkGroups(int groups) {
            float[] y = groups(groups, threads);
            int length = channels / groups * positions;
            for (int from = 0; from < x.length; from += length) {
                double sum = 0;
                double squares = 0;
                for (int i = from; i < from + length; i++) {
                    sum += x[i];
                }
                for (int i = from; i < from + length; i++) {
                    squares += (x[i] - sum / length) * (x[i] - sum / length);
                }
                double spread = Math.sqrt(squares / length);
                for (int i = from; i < from + length; i++) {
                    check(y[i], i, sum / length, squares / length, spread);
                }
            }
        }

        void checkConstants() {
            float[] y = constants(threads);
            for (int i = 0; i < x.length; i++) {
                int c = i / positions % channels;
                check(y[i], i, mean[c], variance[c], 0);
            }
        }

        private void check(float y, int i, double mean, double variance, double spread) {
            int c = i / positions % channels;
            double scale = (gamma == null ? 1 : gamma[c]) / Math.sqrt(variance + epsilon);
            double shift = beta == null ? 0 : beta[c];
            double v = (x[i] - mean) * scale + shift;
            double term =
                    Math.max(
                            Math.max(Math.abs(x[i] - mean), spread) * Math.abs(scale),
                            Math.abs(shift));
            double expected =
                    switch (activation) {
                        case 1 -> Math.max(v, 0);
                        case 2 -> v < 0 ? 0.01 * v : v;
                        case 3 -> Math.tanh(v);
                        default -> v;
                    };
            if (!(Math.abs(y - expected) <= ULPS * Math.ulp((float) term))) {
                fail("value %d of %s: %s for %s", i, shape, y, expected);
            }
        }

        /** Channels-last values lie so in memory, and are seen through a transposed view. */
        private NDArray input(NDManager own) {
            int batch = Math.toIntExact(shape.get(0));
            if (!channelsLast) {
                return own.create(floats(x), shape);
            }
            float[] memory = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                int n = i / positions / channels;
                memory[(n * positions + i % positions) * channels + i / positions % channels] =
                        (float) x[i];
            }
            int rank = shape.dimension();
            int[] toChannelsFirst = new int[rank];
            long[] sizes = new long[rank];
            sizes[0] = batch;
            sizes[rank - 1] = channels;
            toChannelsFirst[1] = rank - 1;
            for (int axis = 2; axis < rank; axis++) {
                sizes[axis - 1] = shape.get(axis);
                toChannelsFirst[axis] = axis - 1;
            }
            return own.create(memory, new Shape(sizes)).transpose(toChannelsFirst);
        }

        private long vector(NDManager own, double[] values) {
            return values == null ? 0 : handle(own.create(floats(values)));
        }

        private float[] result(NDManager own, long handle) {
            assertThat(handle).isNotZero();
            NDArray y = new PtNDArray((PtNDManager) own, handle);
            assertThat(y.getShape()).isEqualTo(shape);
            return y.toFloatArray();
        }
    }
}
