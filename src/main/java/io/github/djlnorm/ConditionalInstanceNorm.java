package io.github.djlnorm;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.internal.Values;
import io.github.djlnorm.internal.kernel.ArrayRules;
import io.github.djlnorm.internal.kernel.ConditionalNormalization;
import io.github.djlnorm.internal.kernel.InputRules;
import java.util.Map;

/**
 * Conditional instance normalization: {@link InstanceNorm} whose scale and shift are those of the
 * instance's class.
 *
 * <pre>{@code
 * Block layer = ConditionalInstanceNorm.builder().setNumClasses(10).build();
 * layer.initialize(manager, DataType.FLOAT32, images.getShape(), labels.getShape());
 * NDArray painted = layer.forward(store, new NDList(images, labels), false).head();
 * }</pre>
 *
 * <p>An element x of instance n and channel c becomes
 *
 * <p>\(y = \gamma_{l_n c} \frac{x - \mu_{nc}}{\sqrt{\sigma_{nc}^2 + \epsilon}} + \beta_{l_n c}\)
 *
 * <p>where \(l_n\) is the label of the instance, and \(\mu_{nc}\) and \(\sigma_{nc}^2\) are the
 * mean and the biased variance of that channel in that instance.
 *
 * <ul>
 *   <li>Input: (N, C, *) with one or more spatial axes and more than one spatial position; with
 *       {@code optAxis(-1)} (N, *, C). Of type float16, float32 or float64.
 *   <li>Labels, the second input: (N), of an integer type, or whole numbers of type float32
 *   <li>Parameters: gamma and beta of shape (classes, C), float32 or of the input's type
 *   <li>Output: the shape and type of the input
 * </ul>
 *
 * <p>The layer is the same in training and in evaluation. One network paints in as many styles as
 * there are classes, with all weights but these shared; gradients reach the rows of the labels in
 * the batch, and are zero elsewhere. With one class it is an InstanceNorm. A label that is no class
 * is refused on a CPU; on a GPU the check would make every call wait for the device, which finds
 * the fault by itself, but later and with less to say.
 *
 * @see <a href="https://arxiv.org/abs/1610.07629">Dumoulin, Shlens and Kudlur, A Learned
 *     Representation for Artistic Style, ICLR 2017</a>
 */
public class ConditionalInstanceNorm extends ChannelNorm {

    private final int numClasses;
    private final Parameter gamma;
    private final Parameter beta;

    ConditionalInstanceNorm(Builder builder) {
        super(builder);
        numClasses = builder.numClasses;
        gamma = addPerChannel("gamma", Parameter.Type.GAMMA);
        beta = addPerChannel("beta", Parameter.Type.BETA);
    }

    /**
     * Returns the number of classes.
     *
     * @return the number of rows of gamma and beta
     */
    public int getNumClasses() {
        return numClasses;
    }

    /** {@inheritDoc} */
    @Override
    public Map<String, Object> options(long channels) {
        Map<String, Object> options = super.options(channels);
        options.put("setNumClasses", numClasses);
        return options;
    }

    @Override
    NDArray normalize(ParameterStore parameterStore, NDList inputs, boolean training) {
        NDArray input = inputs.get(0);
        Device device = input.getDevice();
        return ConditionalNormalization.byClass(
                input,
                inputs.get(1),
                axis,
                epsilon,
                Values.of(parameterStore, gamma, device, training),
                Values.of(parameterStore, beta, device, training));
    }

    @Override
    void checkInputCount(int count) {
        InputRules.twoInputs(count, "data", "labels");
    }

    @Override
    long channels(Shape input) {
        ArrayRules.rankAtLeast(3, input, "(N, C, *) with one or more spatial axes");
        return InputRules.knownChannels(axis, input);
    }

    @Override
    Shape parameterShape(long channels) {
        return new Shape(numClasses, channels);
    }

    /**
     * Creates a builder to build a {@code ConditionalInstanceNorm}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct a {@link ConditionalInstanceNorm}. */
    public static final class Builder extends ChannelNorm.Builder<Builder> {

        private int numClasses;

        Builder() {}

        /**
         * Sets the number of classes, each with a scale and a shift of its own. Required.
         *
         * @param numClasses the number of classes, 1 or more
         * @return this builder
         */
        public Builder setNumClasses(int numClasses) {
            this.numClasses = numClasses;
            return this;
        }

        /**
         * Builds the layer.
         *
         * @return a new {@code ConditionalInstanceNorm}
         * @throws IllegalArgumentException if the number of classes is missing or below 1, epsilon
         *     negative or not finite, or the channel axis 0
         */
        public ConditionalInstanceNorm build() {
            check();
            OptionRules.positiveClasses(numClasses);
            return new ConditionalInstanceNorm(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
