package io.github.djlnorm;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.internal.Decimal;
import io.github.djlnorm.internal.ShardExchange;
import io.github.djlnorm.internal.kernel.ArrayRules;
import io.github.djlnorm.internal.kernel.BatchStatistics;
import io.github.djlnorm.internal.kernel.Epilogue;
import io.github.djlnorm.internal.kernel.InputRules;
import io.github.djlnorm.internal.kernel.Normalization;
import io.github.djlnorm.internal.kernel.RunningStatistics;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Batch normalization whose statistics in training are those of the whole batch, though the batch
 * is split into shards that run in threads of their own.
 *
 * <pre>{@code
 * Block net = CifarResNet.builder().setNumLayers(20).setOutSize(10).setNorm(Norm.syncBatch()).build();
 * }</pre>
 *
 * <p>An element x of channel c becomes
 *
 * <p>\(y = \gamma_c \frac{x - \mu_c}{\sqrt{\sigma_c^2 + \epsilon}} + \beta_c\)
 *
 * <p>where \(\mu_c\) and \(\sigma_c^2\) are the mean and the biased variance of that channel over
 * all instances and positions of all shards. Gradients flow through them from every shard to every
 * other.
 *
 * <ul>
 *   <li>Input: (N, C, *), of rank 2 or more; with {@code optAxis(-1)} (N, *, C). Of type float16,
 *       float32 or float64. In training, with more than one value per channel in all shards
 *       together; a shard may be empty, and of another size than the others.
 *   <li>Parameters: gamma and beta of shape (C), float32 or of the input's type; runningMean and
 *       runningVar of shape (C)
 *   <li>Output: the shape and type of the input
 * </ul>
 *
 * <p>In a forward pass of {@code io.github.djlnorm.parallel.Shards} the layer waits until every
 * shard has come to it. Anywhere else, and in evaluation, it is BatchNorm: it normalizes by the
 * statistics of its own input in training and by the running ones in evaluation. Training moves the
 * running statistics once for all shards, towards the mean and the unbiased variance of the whole
 * batch; an empty batch leaves them as they are. As with BatchNorm, freezing gamma and beta does
 * not stop them; {@link FrozenBatchNorm} is the layer for that.
 *
 * <p>The numbers are those of PyTorch's {@code nn.BatchNorm2d} on the whole batch, and of {@code
 * nn.SyncBatchNorm}. Where the batch of each device is small and no statistics of the whole batch
 * are wanted, {@link GroupNorm} needs no exchange at all.
 *
 * @see <a href="https://arxiv.org/abs/1502.03167">Ioffe and Szegedy, Batch Normalization, ICML
 *     2015</a>
 * @see <a href="https://arxiv.org/abs/1711.07240">Peng et al., MegDet: A Large Mini-Batch Object
 *     Detector, CVPR 2018, where statistics are shared between devices</a>
 */
public class SyncBatchNorm extends AffineChannelNorm {

    private final float momentum;
    private final TrackedStatistics tracked;

    SyncBatchNorm(Builder builder) {
        super(builder);
        momentum = builder.momentum;
        tracked = new TrackedStatistics(this, momentum);
    }

    /**
     * Returns the weight of the old value when running statistics move.
     *
     * @return a number from 0 to 1
     */
    public float getMomentum() {
        return momentum;
    }

    /** {@inheritDoc} */
    @Override
    public Map<String, Object> options(long channels) {
        Map<String, Object> options = super.options(channels);
        options.put("optMomentum", Decimal.of(momentum));
        return options;
    }

    @Override
    NDArray normalize(ParameterStore parameterStore, NDList inputs, boolean training) {
        NDArray input = inputs.head();
        Device device = input.getDevice();
        Epilogue epilogue = epilogue(parameterStore, device, training);
        if (training) {
            RunningStatistics running = tracked.inTraining(parameterStore, device);
            return Normalization.byBatch(
                    input, axis, epsilon, epilogue, own -> ofAllShards(own, running));
        }
        return tracked.inEvaluation(
                parameterStore,
                device,
                (mean, variance) ->
                        Normalization.byConstants(input, axis, epsilon, epilogue, mean, variance));
    }

    private BatchStatistics ofAllShards(BatchStatistics own, RunningStatistics running) {
        return ShardExchange.exchange(this, new Share(own, running), SyncBatchNorm::together);
    }

    /** What one shard brings. */
    private record Share(BatchStatistics statistics, RunningStatistics running) {}

    private static List<BatchStatistics> together(List<Share> shares) {
        BatchStatistics whole =
                BatchStatistics.together(shares.stream().map(Share::statistics).toList());
        Set<NDArray> moved = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Share share : shares) { // shards on one device have the same running statistics
            if (moved.add(share.running.mean())) {
                whole.move(share.running);
            }
        }
        return shares.stream().map(share -> whole.handedTo(share.statistics)).toList();
    }

    @Override
    long channels(Shape input) {
        ArrayRules.rankAtLeast(2, input, "(N, C, *)");
        return InputRules.knownChannels(axis, input);
    }

    /**
     * Creates a builder to build a {@code SyncBatchNorm}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct a {@link SyncBatchNorm}. */
    public static final class Builder extends AffineChannelNorm.Builder<Builder> {

        private float momentum = 0.9f;

        Builder() {}

        /**
         * Sets the weight of the old value when running statistics move. Defaults to 0.9, which
         * PyTorch calls a momentum of 0.1.
         *
         * @param momentum a number from 0 to 1
         * @return this builder
         */
        public Builder optMomentum(float momentum) {
            this.momentum = momentum;
            return this;
        }

        /**
         * Builds the layer.
         *
         * @return a new {@code SyncBatchNorm}
         * @throws IllegalArgumentException if epsilon is negative or not finite, momentum outside
         *     of 0 to 1, or the channel axis 0
         */
        public SyncBatchNorm build() {
            check();
            OptionRules.momentum(momentum);
            return new SyncBatchNorm(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
