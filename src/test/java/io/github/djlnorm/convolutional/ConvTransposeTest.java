package io.github.djlnorm.convolutional;

import static io.github.djlnorm.convolutional.ConvolutionReference.all;
import static io.github.djlnorm.convolutional.ConvolutionReference.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.Arrays64;
import io.github.djlnorm.Run;
import io.github.djlnorm.testing.OnPyTorch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvTransposeTest {

    private static final int FILTERS = 6;
    private static final int CHANNELS = 4;

    /** Axes, kernel, stride, padding, dilation, output padding, groups, bias. */
    @ParameterizedTest
    @CsvSource({
        "1, 3, 1, 0, 1, 0, 1, true",
        "1, 4, 2, 1, 1, 0, 2, false",
        "2, 3, 1, 1, 1, 0, 1, true",
        "2, 3, 2, 1, 1, 1, 1, false",
        "2, 4, 2, 1, 1, 0, 2, true",
        "2, 3, 2, 2, 2, 1, 1, true",
        "3, 3, 2, 1, 1, 1, 2, true"
    })
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void outputAndGradientsAreThoseOfTheDefinition(
            int axes,
            int kernel,
            int stride,
            int padding,
            int dilation,
            int outPadding,
            int groups,
            boolean bias) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvTranspose layer =
                    ConvTranspose.builder()
                            .setKernelShape(all(axes, kernel))
                            .setFilters(FILTERS)
                            .optStride(all(axes, stride))
                            .optPadding(all(axes, padding))
                            .optDilation(all(axes, dilation))
                            .optOutPadding(all(axes, outPadding))
                            .optGroups(groups)
                            .optBias(bias)
                            .build();
            Shape in = new Shape(2, CHANNELS).addAll(all(axes, 5));
            int size = 4 * stride - 2 * padding + dilation * (kernel - 1) + outPadding + 1;
            Shape out = new Shape(2, FILTERS).addAll(all(axes, size));
            Shape weightShape = new Shape(CHANNELS, FILTERS / groups).addAll(all(axes, kernel));
            layer.initialize(manager, DataType.FLOAT32, in);
            assertThat(layer.getOutputShapes(new Shape[] {in})).containsExactly(out);
            assertThat(layer.getParameters().get("weight").getShape()).isEqualTo(weightShape);

            double[] x = Arrays64.normal(1, (int) in.size(), 0, 1);
            double[] w = Arrays64.normal(2, (int) weightShape.size(), 0, 1);
            double[] b = Arrays64.normal(3, FILTERS, 0, 1);
            double[] upstream = Arrays64.normal(4, (int) out.size(), 0, 1);
            Run.set(layer.getParameters().get("weight"), w);
            if (bias) {
                Run.set(layer.getParameters().get("bias"), b);
            }
            ConvolutionReference reference =
                    new ConvolutionReference(
                            out, in, weightShape, stride, padding, dilation, groups);
            double[] output = reference.large(x, w);
            int positions = (int) (out.size() / 2 / FILTERS);
            double[] biasGradient = new double[FILTERS];
            for (int i = 0; i < output.length; i++) {
                output[i] += bias ? b[i / positions % FILTERS] : 0;
                biasGradient[i / positions % FILTERS] += upstream[i];
            }

            NDArray input = Arrays64.array(manager, x, in, DataType.FLOAT32);
            NDArray upstreamArray = Arrays64.array(manager, upstream, out, DataType.FLOAT32);
            NDArray actual = Run.backward(layer, input, upstreamArray, Run.TRAINING);
            assertClose("y", actual, output);
            assertClose("dx", input.getGradient(), reference.small(upstream, w));
            assertClose(
                    "dweight",
                    Run.gradient(layer.getParameters().get("weight")),
                    reference.weight(upstream, x));
            if (bias) {
                assertClose("dbias", Run.gradient(layer.getParameters().get("bias")), biasGradient);
            }
        }
    }

    @Test
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void aLoadedLayerIsTheSavedOne() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvTranspose saved = Run.initialized(upsampling(), manager, 1, CHANNELS, 4, 4);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            saved.saveParameters(new DataOutputStream(bytes));
            ConvTranspose loaded = upsampling();
            loaded.loadParameters(
                    manager, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
            NDArray x = manager.randomNormal(new Shape(1, CHANNELS, 4, 4));
            assertThat(Run.forward(loaded, x, Run.EVALUATION))
                    .isEqualTo(Run.forward(saved, x, Run.EVALUATION));
        }
    }

    @Test
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void anInputOfOtherAxesOrChannelsIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvTranspose layer = Run.initialized(upsampling(), manager, 1, CHANNELS, 4, 4);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Run.forward(layer, manager.ones(new Shape(1, 4, 4)), true))
                    .withMessage(
                            "the input must have the spatial axes of the kernel (4, 4): expected"
                                    + " rank 4, got rank 3 in shape (1, 4, 4); change the kernel,"
                                    + " or the input with expandDims or reshape");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Run.forward(layer, manager.ones(new Shape(1, 5, 4, 4)), true))
                    .withMessageContaining("expected 4 channels, got 5 in shape (1, 5, 4, 4)");
        }
    }

    @Test
    void groupsMustDivideBothSides() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> upsampling(4).build())
                .withMessageContaining("expected a divisor of 6, got 4; use 3 or 6");
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvTranspose layer = upsampling(3).build();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Run.initialized(layer, manager, 1, CHANNELS, 4, 4))
                    .withMessageContaining("expected a divisor of 4, got 3; use 2 or 4");
        }
    }

    private static ConvTranspose upsampling() {
        return upsampling(2).build();
    }

    private static ConvTranspose.Builder upsampling(int groups) {
        return ConvTranspose.builder()
                .setKernelShape(new Shape(4, 4))
                .setFilters(FILTERS)
                .optStride(new Shape(2, 2))
                .optPadding(new Shape(1, 1))
                .optGroups(groups);
    }
}
