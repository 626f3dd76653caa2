package io.github.djlnorm;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.internal.kernel.ArrayRules;
import io.github.djlnorm.internal.kernel.Epilogue;
import io.github.djlnorm.internal.kernel.InputRules;
import io.github.djlnorm.internal.kernel.Normalization;

/**
 * Frozen batch normalization: normalizes each channel by constant statistics, and scales and shifts
 * it by constants.
 *
 * <pre>{@code
 * NormConversion conversion = NormConversion.builder().setNorm(Norm.frozenBatch()).build();
 * Block frozen = conversion.convert(trained).block();
 * }</pre>
 *
 * <p>An element x of channel c becomes
 *
 * <p>\(y = \gamma_c \frac{x - \mu_c}{\sqrt{\sigma_c^2 + \epsilon}} + \beta_c\)
 *
 * <p>where \(\mu_c\) is runningMean and \(\sigma_c^2\) is runningVar.
 *
 * <ul>
 *   <li>Input: (N, C, *), of rank 2 or more; with {@code optAxis(-1)} (N, *, C). Of type float16,
 *       float32 or float64.
 *   <li>Parameters: gamma, beta, runningMean and runningVar of shape (C), float32 or of the input's
 *       type
 *   <li>Output: the shape and type of the input
 * </ul>
 *
 * <p>The layer is the same in training and in evaluation, and training moves no parameter: {@code
 * freezeParameters(false)} has no effect, but for an optimizer's step between such a call on a
 * block around the layer and the next forward call. Gradients reach the input only. It is what
 * becomes of the BatchNorm of a trained network that is fine-tuned with batches too small for
 * statistics, as the backbones of detection networks are; a fresh one changes next to nothing. The
 * numbers are those of PyTorch's {@code nn.BatchNorm2d} in evaluation and of torchvision's {@code
 * FrozenBatchNorm2d}.
 *
 * @see <a href="https://arxiv.org/abs/1502.03167">Ioffe and Szegedy, Batch Normalization, ICML
 *     2015</a>
 * @see <a href="https://arxiv.org/abs/1506.01497">Ren, He, Girshick and Sun, Faster R-CNN, NIPS
 *     2015</a>
 */
public class FrozenBatchNorm extends ChannelNorm {

    private final Parameter gamma;
    private final Parameter beta;
    private final Parameter runningMean;
    private final Parameter runningVar;

    FrozenBatchNorm(Builder builder) {
        super(builder);
        gamma = addConstant("gamma", Parameter.Type.GAMMA);
        beta = addConstant("beta", Parameter.Type.BETA);
        runningMean = addConstant("runningMean", Parameter.Type.RUNNING_MEAN);
        runningVar = addConstant("runningVar", Parameter.Type.RUNNING_VAR);
    }

    @Override
    NDArray normalize(ParameterStore parameterStore, NDList inputs, boolean training) {
        NDArray input = inputs.get(0);
        Device device = input.getDevice();
        Epilogue epilogue =
                Epilogue.of(
                        Constants.value(gamma, parameterStore, device, training),
                        Constants.value(beta, parameterStore, device, training));
        return Normalization.byConstants(
                input,
                axis,
                epsilon,
                epilogue,
                Constants.value(runningMean, parameterStore, device, training),
                Constants.value(runningVar, parameterStore, device, training));
    }

    @Override
    long channels(Shape input) {
        ArrayRules.rankAtLeast(2, input, "(N, C, *)");
        return InputRules.knownChannels(axis, input);
    }

    /**
     * Creates a builder to build a {@code FrozenBatchNorm}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct a {@link FrozenBatchNorm}. */
    public static final class Builder extends ChannelNorm.Builder<Builder> {

        Builder() {}

        /**
         * Builds the layer.
         *
         * @return a new {@code FrozenBatchNorm}
         * @throws IllegalArgumentException if epsilon is negative or not finite, or the channel
         *     axis 0
         */
        public FrozenBatchNorm build() {
            check();
            return new FrozenBatchNorm(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
