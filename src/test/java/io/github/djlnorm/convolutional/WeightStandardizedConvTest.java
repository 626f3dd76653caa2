package io.github.djlnorm.convolutional;

import static io.github.djlnorm.convolutional.ConvolutionReference.all;
import static io.github.djlnorm.convolutional.ConvolutionReference.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlnorm.Arrays64;
import io.github.djlnorm.Reference;
import io.github.djlnorm.Run;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightStandardizedConvTest {

    private static final float EPSILON = 1e-3f;
    private static final double ULPS = 64;

    /** Axes, stride, groups, bias. */
    @ParameterizedTest
    @CsvSource({"1, 1, 1, false", "2, 2, 1, true", "2, 1, 2, false", "3, 1, 1, false"})
    void outputAndGradientsAreThoseOfTheDefinition(int axes, int stride, int groups, boolean bias) {
        int filters = 6;
        int channels = 4;
        try (NDManager manager = NDManager.newBaseManager()) {
            WeightStandardizedConv layer =
                    WeightStandardizedConv.builder()
                            .setKernelShape(all(axes, 3))
                            .setFilters(filters)
                            .optStride(all(axes, stride))
                            .optPadding(all(axes, 1))
                            .optGroups(groups)
                            .optBias(bias)
                            .optEpsilon(EPSILON)
                            .build();
            Shape in = new Shape(2, channels).addAll(all(axes, 5));
            Shape out = new Shape(2, filters).addAll(all(axes, (5 - 1) / stride + 1));
            Shape weightShape = new Shape(filters, channels / groups).addAll(all(axes, 3));
            layer.initialize(manager, DataType.FLOAT32, in);
            assertThat(layer.getOutputShapes(new Shape[] {in})).containsExactly(out);

            double[] x = Arrays64.normal(1, (int) in.size(), 0, 1);
            double[] raw = Arrays64.normal(2, (int) weightShape.size(), 0.5, 0.1);
            double[] upstream = Arrays64.normal(3, (int) out.size(), 0, 1);
            Parameter weight = layer.getParameters().get("weight");
            Run.set(weight, raw);

            double[] ones = new double[filters];
            Arrays.fill(ones, 1);
            int weights = raw.length / filters;
            Reference standardized =
                    new Reference(
                            raw, 1, filters, weights, filters, ones, new double[filters], EPSILON);
            ConvolutionReference convolution =
                    new ConvolutionReference(in, out, weightShape, stride, 1, 1, groups);
            standardized.backward(ones, convolution.weight(x, upstream));

            NDArray input = Arrays64.array(manager, x, in, DataType.FLOAT32);
            NDArray upstreamArray = Arrays64.array(manager, upstream, out, DataType.FLOAT32);
            NDArray actual = Run.backward(layer, input, upstreamArray, Run.TRAINING);
            assertClose("y", actual, convolution.small(x, standardized.output));
            assertClose(
                    "dx", input.getGradient(), convolution.large(upstream, standardized.output));
            Arrays64.assertClose(
                    "dweight",
                    Run.gradient(weight),
                    standardized.inputGradient,
                    standardized.inputGradientTerms,
                    ULPS);
        }
    }

    @Test
    void theScaleOfTheWeightsSaysNothing() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = manager.randomNormal(new Shape(8, 4, 3, 3));
            NDArray doubled = WeightStandardizedConv.standardize(weight.mul(2), 0);
            assertThat(doubled.allClose(WeightStandardizedConv.standardize(weight, 0))).isTrue();
        }
    }

    @Test
    void oneWeightPerFilterIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            WeightStandardizedConv depthwise =
                    WeightStandardizedConv.builder()
                            .setKernelShape(new Shape(1, 1))
                            .setFilters(4)
                            .optGroups(4)
                            .build();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Run.initialized(depthwise, manager, 1, 4, 5, 5))
                    .withMessage(
                            "a filter must have more than one weight to be standardized: expected"
                                    + " 2 or more weights, got 1 weight per filter in shape (4, 1,"
                                    + " 1, 1); use a plain convolution, a larger kernel or fewer"
                                    + " groups");
        }
    }
}
