package io.github.djlnorm.parity.cases;

import java.lang.module.ModuleDescriptor.Version;
import java.util.List;
import java.util.Set;
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
        public List<Running> moreRunnings() {
            return List.of(Running.FAST, Running.FROZEN);
        }

        @Override
        public String operator(ParityCase c, boolean training) {
            boolean ownStatistics = training || !c.running().tracked();
            return "torch.instance_norm(x, weight, bias, mean, var, %s, %s, %s, False)"
                    .formatted(python(ownStatistics), torchMomentum(c), eps(c));
        }

        @Override
        public String module(ParityCase c) {
            return "nn.InstanceNorm%dd(%d, eps=%s, momentum=%s, affine=%s, track_running_stats=%s)"
                    .formatted(
                            c.extra().isMasked() ? 1 : c.shape().dimension() - 2,
                            c.channels(),
                            eps(c),
                            torchMomentum(c),
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

    /** Statistics of each channel throughout the batch. */
    SYNC_BATCH_NORM("SyncBatchNorm") {
        @Override
        public IntStream groupCounts(int channels) {
            return IntStream.of(channels);
        }

        @Override
        public List<Running> runnings() {
            return List.of(Running.ON, Running.STEPS);
        }

        @Override
        public List<Running> moreRunnings() {
            return List.of(Running.FAST);
        }

        @Override
        public Sharing sharing(ParityCase c) {
            return Sharing.ofChannels(c);
        }

        @Override
        public String operator(ParityCase c, boolean training) {
            return "torch.batch_norm(x, weight, bias, mean, var, %s, %s, %s, False)"
                    .formatted(python(training), torchMomentum(c), eps(c));
        }

        @Override
        public String module(ParityCase c) {
            return "nn.BatchNorm%dd(%d, eps=%s, momentum=%s, affine=%s)"
                    .formatted(
                            Math.max(1, c.shape().dimension() - 2),
                            c.channels(),
                            eps(c),
                            torchMomentum(c),
                            affine(c));
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

    /** The running statistics that are worth a case, but not one with everything else. */
    public List<Running> moreRunnings() {
        return List.of();
    }

    /** What else the layer takes. */
    public Set<Extra> extras() {
        return Extra.of(this);
    }

    /** Which elements share statistics. */
    public Sharing sharing(ParityCase c) {
        return Sharing.ofGroups(c);
    }

    /** Whether the mean is subtracted. */
    public boolean centers() {
        return true;
    }

    /** The axis of the channels in the static function. */
    int functionsAxis() {
        return this == RMS_NORM ? -1 : 1;
    }

    /** Whether statistics are those of the whole batch. */
    public boolean joinsInstances() {
        return this == SYNC_BATCH_NORM;
    }

    /** Whether the parameters have gradients. */
    public boolean isTrained() {
        return true;
    }

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

    private static double torchMomentum(ParityCase c) {
        return 1 - c.running().momentum();
    }

    private static String affine(ParityCase c) {
        return python(c.affine() != Affine.NONE);
    }

    private static String python(boolean value) {
        return value ? "True" : "False";
    }
}
