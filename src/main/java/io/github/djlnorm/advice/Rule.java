package io.github.djlnorm.advice;

/** What an {@link Advisor} looks for. */
public enum Rule {
    /** BatchNorm whose mean and variance are those of fewer than 16 values. */
    FEW_VALUES_PER_CHANNEL(Sources.WU_AND_HE),
    /** BatchNorm on fewer than 16 instances per device, however large the global batch. */
    SMALL_BATCH_PER_DEVICE(Sources.WU_AND_HE),
    /** InstanceNorm in a network that classifies images. */
    INSTANCE_NORM_IN_CLASSIFIER(Sources.ULYANOV),
    /** InstanceNorm or GroupNorm whose means are those of a single value. */
    ONE_VALUE_PER_MEAN(Sources.PYTORCH + "torch.nn.InstanceNorm2d.html"),
    /** GroupNorm with as many groups as channels, which is InstanceNorm. */
    ONE_CHANNEL_PER_GROUP(Sources.WU_AND_HE),
    /** A convolution's bias directly before a layer that takes it away or has its own. */
    REDUNDANT_BIAS(
            "Ioffe and Szegedy, Batch Normalization, ICML 2015, section 3.2,"
                    + " https://arxiv.org/abs/1502.03167"),
    /** InstanceNorm that evaluates with running statistics. */
    RUNNING_STATISTICS(Sources.PYTORCH + "torch.nn.InstanceNorm2d.html"),
    /** LayerNorm over channels and positions of images. */
    LAYER_NORM_PER_PIXEL(
            "Liu et al., A ConvNet for the 2020s, CVPR 2022, https://arxiv.org/abs/2201.03545"),
    /** BatchNorm that was frozen, but whose running statistics move. */
    FROZEN_STATISTICS_MOVE(
            "torchvision, FrozenBatchNorm2d,"
                    + " https://docs.pytorch.org/vision/stable/generated/torchvision.ops.FrozenBatchNorm2d.html");

    private final String source;

    Rule(String source) {
        this.source = source;
    }

    /**
     * Tells where the rule comes from.
     *
     * @return a paper or a documentation page, with its address
     */
    public String source() {
        return source;
    }
}
