package io.github.djlnorm;

import static io.github.djlnorm.Arrays64.array;
import static io.github.djlnorm.Arrays64.assertClose;
import static io.github.djlnorm.Arrays64.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.GroupScript.Convolution;
import io.github.djlnorm.GroupScript.Core;
import io.github.djlnorm.torch.Integers;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups that several threads share, whatever number this machine has. */
class ChunksTest {

    private static final float EPSILON = 1e-5f;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** Chunks of several channels, of one, and of parts of one, and what cannot be divided. */
    @ParameterizedTest
    @CsvSource({
        "1, 8, 24, 1, 2, 2",
        "1, 8, 24, 1, 8, 8",
        "1, 8, 24, 1, 16, 16",
        "1, 6, 24, 1, 8, 8",
        "1, 6, 16, 3, 16, 8",
        "2, 3, 16, 1, 7, 4",
        "1, 3, 5, 1, 4, 1",
        "1, 2, 1, 1, 4, 2",
        "2, 4, 8, 2, 4, 1"
    })
    void aGroupInChunksIsOneGroup(
            int instances, int channels, int positions, int groups, int threads, int chunks) {
        assertThat(Chunks.count(new Shape(instances, channels, positions), groups, threads))
                .isEqualTo(chunks);
        check(wavy(instances * channels * positions, 1), channels, positions, groups, threads);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-4, 1e6, 1e15, 1e20})
    void magnitudesDoNoHarm(double magnitude) {
        check(wavy(8 * 24, magnitude), 8, 24, 1, 8);
    }

    @Test
    void aConstantChunkIsPartOfItsGroup() {
        double[] x = wavy(8 * 24, 1);
        Arrays.fill(x, 0, 48, 3.25); // the first two of eight channels
        check(x, 8, 24, 1, 4);
    }

    @Test
    void aMeanFarFromZeroIsTakenCareOf() {
        check(Arrays.stream(wavy(8 * 24, 1)).map(v -> v + 1e4).toArray(), 8, 24, 1, 4);
    }

    @Test
    void gradientsAreThoseOfTheWholeGroup() {
        double[] x = wavy(8 * 24, 1);
        double[] gamma = normal(52, 8, 1, 0.5);
        double[] upstream = normal(53, x.length, 0, 1);
        Reference expected =
                new Reference(x, 1, 8, 24, 1, gamma, normal(54, 8, 0, 1), EPSILON)
                        .backward(gamma, upstream);
        NDArray input = array(manager, x, 1, 8, 24);

        Run.backward(
                a -> normalize(a, gamma, normal(54, 8, 0, 1), 1, 8),
                input,
                array(manager, upstream, 1, 8, 24));

        assertClose(
                "dx", input.getGradient(), expected.inputGradient, expected.inputGradientTerms, 3);
    }

    private void check(double[] x, int channels, int positions, int groups, int threads) {
        int instances = x.length / channels / positions;
        double[] gamma = normal(52, channels, 1, 0.5);
        double[] beta = normal(54, channels, 0, 1);
        Reference expected =
                new Reference(x, instances, channels, positions, groups, gamma, beta, EPSILON);
        double[] ones = new double[channels];
        Arrays.fill(ones, 1);
        Reference plain =
                new Reference(
                        x,
                        instances,
                        channels,
                        positions,
                        groups,
                        ones,
                        new double[channels],
                        EPSILON);
        NDArray input =
                array(manager, x, new Shape(instances, channels, positions), DataType.FLOAT32);

        assertClose(
                "y",
                normalize(input, gamma, beta, groups, threads),
                expected.output,
                expected.outputTerms,
                3);
        assertClose(
                "y without scale and shift",
                normalize(input, Affine.of(null, null), groups, threads),
                plain.output,
                plain.outputTerms,
                3);
    }

    private NDArray normalize(
            NDArray input, double[] gamma, double[] beta, int groups, int threads) {
        Affine affine =
                Affine.of(array(manager, gamma, gamma.length), array(manager, beta, beta.length));
        return normalize(input, affine, groups, threads);
    }

    private static NDArray normalize(NDArray input, Affine affine, int groups, int threads) {
        Shape shape = input.getShape();
        int chunks = Chunks.count(shape, groups, threads);
        NDList arguments = new NDList(input);
        if (affine.used()) {
            arguments.addAll(new NDList(affine.gamma(), affine.beta()));
        }
        arguments.add(Integers.of(groups, chunks));
        Step step = Step.of(affine, EPSILON);
        return GroupScript.of(Core.GROUPS, Convolution.NONE, input, shape, chunks, step)
                .function(Map.of("epsilon", (double) EPSILON))
                .call(arguments)
                .get(0);
    }

    /** Noise on a slope, so that every part has another mean and deviation. */
    private static double[] wavy(int size, double magnitude) {
        double[] values = normal(51, size, 0, 1);
        for (int i = 0; i < size; i++) {
            values[i] =
                    (float)
                            (magnitude
                                    * (values[i] * (0.1 + (double) i / size) + 2.0 * i / size - 1));
        }
        return values;
    }
}
