package io.github.djlnorm.parity.cases;

import ai.djl.nn.Block;
import io.github.djlnorm.ChannelLayerNorm;
import io.github.djlnorm.FrozenBatchNorm;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.RMSNorm;
import io.github.djlnorm.parity.arrays.Layout;
import java.lang.module.ModuleDescriptor.Version;
import java.util.List;
import java.util.stream.IntStream;

/** The layers under test, each with all that sets it apart from the others. */
public enum Layer {
    /** Statistics of each group of channels. */
    GROUP_NORM("GroupNorm") {
        @Override
        public IntStream groupCounts(int channels) {
            return IntStream.rangeClosed(1, channels).filter(groups -> channels % groups == 0);
        }

        @Override
        public Block block(ParityCase c) {
            return GroupNorm.builder()
                    .setNumGroups(c.groups())
                    .optEpsilon(c.epsilon())
                    .optScale(c.affine().scale())
                    .optCenter(c.affine().shift())
                    .optAxis(c.axis())
                    .build();
        }

        @Override
        public String operator(ParityCase c, boolean training) {
            return "torch.group_norm(x, %d, weight, bias, %s)".formatted(c.groups(), eps(c));
        }

        @Override
        public String module(ParityCase c) {
            return "nn.GroupNorm(%d, %d, eps=%s, affine=%s)"
                    .formatted(c.groups(), c.channels(), eps(c), affine(c));
        }
    },

    /** Statistics of each channel. */
    INSTANCE_NORM("InstanceNorm") {
        @Override
        public IntStream groupCounts(int channels) {
            return IntStream.of(channels);
        }

        @Override
        public List<Running> runnings() {
            return List.of(Running.OFF, Running.ON, Running.STEPS);
        }

        @Override
        public Block block(ParityCase c) {
            InstanceNorm.Builder builder =
                    InstanceNorm.builder()
                            .optEpsilon(c.epsilon())
                            .optScale(c.affine().scale())
                            .optCenter(c.affine().shift())
                            .optAxis(c.axis())
                            .optTrackRunningStats(c.running().tracked())
                            .optMomentum((float) CaseData.MOMENTUM);
            if (c.layout() == Layout.UNBATCHED) {
                builder.optSpatialDims(c.shape().dimension() - 2);
            }
            return builder.build();
        }

        @Override
        public String operator(ParityCase c, boolean training) {
            boolean ownStatistics = training || !c.running().tracked();
            return "torch.instance_norm(x, weight, bias, mean, var, %s, %s, %s, False)"
                    .formatted(python(ownStatistics), TORCH_MOMENTUM, eps(c));
        }

        @Override
        public String module(ParityCase c) {
            return "nn.InstanceNorm%dd(%d, eps=%s, momentum=%s, affine=%s, track_running_stats=%s)"
                    .formatted(
                            c.shape().dimension() - 2,
                            c.channels(),
                            eps(c),
                            TORCH_MOMENTUM,
                            affine(c),
                            python(c.running().tracked()));
        }
    },

    /** Statistics of the channels at each position. */
    LAYER_NORM("ChannelLayerNorm") {
        @Override
        public IntStream groupCounts(int channels) {
            return IntStream.of(1);
        }

        @Override
        public Sharing sharing(ParityCase c) {
            return Sharing.ofPositions(c);
        }

        @Override
        public Block block(ParityCase c) {
            return ChannelLayerNorm.builder()
                    .optEpsilon(c.epsilon())
                    .optScale(c.affine().scale())
                    .optCenter(c.affine().shift())
                    .optAxis(c.axis())
                    .build();
        }

        @Override
        public String operator(ParityCase c, boolean training) {
            return "torch.movedim(torch.layer_norm(torch.movedim(x, 1, -1), [%d], weight, bias, %s), -1, 1)"
                    .formatted(c.channels(), eps(c));
        }

        @Override
        public String module(ParityCase c) {
            return "on_last_axis(nn.LayerNorm(%d, eps=%s, elementwise_affine=%s))"
                    .formatted(c.channels(), eps(c), affine(c));
        }
    },

    /** The mean square of the channels at each position. */
    RMS_NORM("RMSNorm") {
        @Override
        public IntStream groupCounts(int channels) {
            return IntStream.of(1);
        }

        @Override
        public List<Affine> affines() {
            return List.of(Affine.SCALE, Affine.NONE);
        }

        @Override
        public Sharing sharing(ParityCase c) {
            return Sharing.ofPositions(c);
        }

        @Override
        public boolean centers() {
            return false;
        }

        @Override
        public Block block(ParityCase c) {
            return RMSNorm.builder()
                    .optEpsilon(c.epsilon())
                    .optScale(c.affine().scale())
                    .optAxis(c.axis())
                    .build();
        }

        @Override
        public String operator(ParityCase c, boolean training) {
            return "torch.movedim(torch.rms_norm(torch.movedim(x, 1, -1), [%d], weight, %s), -1, 1)"
                    .formatted(c.channels(), eps(c));
        }

        @Override
        public String module(ParityCase c) {
            return "on_last_axis(nn.RMSNorm(%d, eps=%s, elementwise_affine=%s))"
                    .formatted(c.channels(), eps(c), affine(c));
        }

        @Override
        public Version since() {
            return Version.parse("2.4");
        }
    },

    /** Given statistics of each channel. */
    FROZEN_BATCH_NORM("FrozenBatchNorm") {
        @Override
        public IntStream groupCounts(int channels) {
            return IntStream.of(channels);
        }

        @Override
        public List<Affine> affines() {
            return List.of(Affine.SCALE_SHIFT);
        }

        @Override
        public List<Running> runnings() {
            return List.of(Running.GIVEN);
        }

        @Override
        public boolean isTrained() {
            return false;
        }

        @Override
        public Block block(ParityCase c) {
            return FrozenBatchNorm.builder().optEpsilon(c.epsilon()).optAxis(c.axis()).build();
        }

        @Override
        public String operator(ParityCase c, boolean training) {
            return "torch.batch_norm(x, weight, bias, mean, var, False, 0., %s, False)"
                    .formatted(eps(c));
        }

        @Override
        public String module(ParityCase c) {
            return "nn.BatchNorm%dd(%d, eps=%s).requires_grad_(False)"
                    .formatted(Math.max(1, c.shape().dimension() - 2), c.channels(), eps(c));
        }
    };

    private static final double TORCH_MOMENTUM = 1 - CaseData.MOMENTUM;

    private final String title;

    Layer(String title) {
        this.title = title;
    }

    /** What our layer is called. */
    public String title() {
        return title;
    }

    /** The group counts that there are for a number of channels. */
    public abstract IntStream groupCounts(int channels);

    /** The parameters that there may be, all of them first. */
    public List<Affine> affines() {
        return List.of(Affine.values());
    }

    /** The running statistics that there may be. */
    public List<Running> runnings() {
        return List.of(Running.OFF);
    }

    /** Which elements share statistics. */
    public Sharing sharing(ParityCase c) {
        return Sharing.ofGroups(c);
    }

    /** Whether the mean is subtracted. */
    public boolean centers() {
        return true;
    }

    /** Whether the parameters have gradients. */
    public boolean isTrained() {
        return true;
    }

    /** The library's layer. */
    public abstract Block block(ParityCase c);

    /**
     * libtorch's operator, in TorchScript, on x of the shape (N, C, *), weight, bias, mean and var,
     * of which those that a case lacks are None.
     */
    public abstract String operator(ParityCase c, boolean training);

    /** The expression of PyTorch's module, in Python, for an input (N, C, *). */
    public abstract String module(ParityCase c);

    /** The first version of PyTorch that has the module. */
    public Version since() {
        return Version.parse("0");
    }

    private static double eps(ParityCase c) {
        return c.decimalEpsilon();
    }

    private static String affine(ParityCase c) {
        return python(c.affine() != Affine.NONE);
    }

    private static String python(boolean value) {
        return value ? "True" : "False";
    }
}
