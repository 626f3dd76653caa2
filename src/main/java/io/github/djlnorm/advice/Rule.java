package io.github.djlnorm.advice;

import java.util.Locale;

/** What an {@link Advisor} looks for. */
public enum Rule {
    /**
     * BatchNorm whose mean and variance are those of fewer than 8 independent values.
     *
     * <p>The positions of one image resemble each other, and count as 2 values however many they
     * are. So a layer is found where every experiment says that it costs accuracy: those of Wu and
     * He, on large images with 49 positions and more in every layer, and this library's study of
     * batch sizes, on small ones with 1 or 4 in the deepest. Points of accuracy that BatchNorm
     * loses against the largest batch:
     *
     * <table>
     *   <caption>Loss of accuracy with BatchNorm</caption>
     *   <tr><th>images</th><th>16</th><th>8</th><th>4</th><th>2</th></tr>
     *   <tr><td>49 positions or more</td><td>0</td><td>1</td><td>4</td><td>11</td></tr>
     *   <tr><td>4 positions or more</td><td>1</td><td>0</td><td>1</td><td>2</td></tr>
     *   <tr><td>1 position or more</td><td>0</td><td>2</td><td>6</td><td>30</td></tr>
     * </table>
     */
    FEW_VALUES_PER_CHANNEL(Sources.WU_AND_HE),
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

    /** What it is about, in words: "few values per channel". */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
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
