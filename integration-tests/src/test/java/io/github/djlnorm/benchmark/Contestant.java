package io.github.djlnorm.benchmark;

import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import io.github.djlnorm.FrozenBatchNorm;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.models.ChannelsLast;
import java.util.Locale;
import java.util.function.Function;

/** Who takes part. Its name is passed to the process that measures it. */
@SuppressWarnings("ImmutableEnumChecker") // the openers hold nothing
enum Contestant {
    GROUP_NORM("GroupNorm", Family.OURS, Contestant::groupNorm),
    BASELINE_GROUP_NORM("GroupNorm before", Family.BASELINE, Contestant::groupNorm),
    LIBTORCH_GROUP_NORM("group_norm", Family.LIBTORCH, t -> Direct.groupNorm(t)),
    SECOND_GROUP_NORM("a second GroupNorm", Family.OURS, t -> afterAnother(t.with(GROUP_NORM))),
    LIBTORCH_SECOND_GROUP_NORM(
            "a second group_norm", Family.LIBTORCH, t -> afterAnother(t.with(LIBTORCH_GROUP_NORM))),
    FORMULA(
            "the formula in NDArray operations",
            Family.DJL,
            t -> DjlCall.ofFormula(t, GroupNormFormula::of)),
    COPY(
            "a copy",
            Family.DJL,
            t -> DjlCall.ofFormula(t, (trial, gamma, beta) -> x -> x.duplicate())),
    BATCH_NORM(
            "DJL's BatchNorm",
            Family.DJL,
            t -> DjlCall.ofTrainingBlock(t, BatchNorm.builder().build())),
    LAYER_NORM("DJL's LayerNorm", Family.DJL, t -> DjlCall.ofBlock(t, LayerNorm.builder().build())),

    INSTANCE_NORM("InstanceNorm", Family.OURS, Contestant::instanceNorm),
    BASELINE_INSTANCE_NORM("InstanceNorm before", Family.BASELINE, Contestant::instanceNorm),
    LIBTORCH_INSTANCE_NORM("instance_norm", Family.LIBTORCH, t -> Direct.instanceNorm(t)),

    FROZEN_BATCH_NORM(
            "FrozenBatchNorm",
            Family.OURS,
            t -> DjlCall.ofBlock(t, FrozenBatchNorm.builder().build())),
    LIBTORCH_BATCH_NORM("batch_norm", Family.LIBTORCH, t -> Direct.batchNorm(t)),

    GROUP_NORM_RELU(
            "GroupNorm with ReLU", Family.OURS, t -> DjlCall.ofBlock(t, Stages.groupNormRelu(t))),
    GROUP_NORM_THEN_RELU(
            "GroupNorm, then ReLU",
            Family.DJL,
            t -> DjlCall.ofBlock(t, Stages.groupNormThenRelu(t))),
    CONV_NORM_STACK(
            "20 ConvNorms",
            Family.OURS,
            t -> DjlCall.ofBlock(t, Stages.stack(Stages::convNorm, t))),
    THREE_BLOCKS_STACK(
            "20 times three blocks",
            Family.DJL,
            t -> DjlCall.ofBlock(t, Stages.stack(Stages::threeBlocks, t))),

    CIFAR_RESNET("CifarResNet-20", Family.OURS, Net.CIFAR_RESNET),
    CIFAR_RESNET_KEEPING_MEMORY("CifarResNet-20", Family.KEEPING_MEMORY, Net.CIFAR_RESNET),
    CIFAR_RESNET_CHANNELS_LAST(
            "CifarResNet-20 channels-last",
            Family.OURS,
            t -> DjlCall.ofBlock(t, Net.CIFAR_RESNET.block(), ChannelsLast::new)),
    BASELINE_CIFAR_RESNET("CifarResNet-20", Family.BASELINE, Net.CIFAR_RESNET),
    PYTHON_CIFAR_RESNET("CifarResNet-20", Family.PYTHON, Net.CIFAR_RESNET),
    ONNX_CIFAR_RESNET("CifarResNet-20", Family.ONNX, Net.CIFAR_RESNET),

    IMAGE_GENERATOR("ImageGenerator", Family.OURS, Net.IMAGE_GENERATOR),
    IMAGE_GENERATOR_KEEPING_MEMORY("ImageGenerator", Family.KEEPING_MEMORY, Net.IMAGE_GENERATOR),
    BASELINE_IMAGE_GENERATOR("ImageGenerator", Family.BASELINE, Net.IMAGE_GENERATOR),
    PYTHON_IMAGE_GENERATOR("ImageGenerator", Family.PYTHON, Net.IMAGE_GENERATOR),
    ONNX_IMAGE_GENERATOR("ImageGenerator", Family.ONNX, Net.IMAGE_GENERATOR);

    private final String title;
    private final Family family;
    private final Function<Trial, Call> opener;
    private final Net net;

    Contestant(String title, Family family, Function<Trial, Call> opener) {
        this(title, family, opener, null);
    }

    Contestant(String title, Family family, Net net) {
        this(title, family, opener(family, net), net);
    }

    Contestant(String title, Family family, Function<Trial, Call> opener, Net net) {
        this.title = title;
        this.family = family;
        this.opener = opener;
        this.net = net;
    }

    private static Function<Trial, Call> opener(Family family, Net net) {
        return switch (family) {
            case ONNX -> OnnxFiles::open;
            case PYTHON ->
                    trial -> {
                        throw new UnsupportedOperationException("works in a Python process");
                    };
            default -> net::open;
        };
    }

    /** Makes it ready to work, in a process that is as its family wants it. */
    Call open(Trial trial) {
        return opener.apply(trial);
    }

    Family family() {
        return family;
    }

    /** The net that it is, or null. */
    Net net() {
        return net;
    }

    /** As a chart tells it. */
    String title() {
        return title;
    }

    /** As tables and options tell it. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Call groupNorm(Trial trial) {
        return DjlCall.ofBlock(
                trial, GroupNorm.builder().setNumGroups(trial.input().groups()).build());
    }

    private static Call instanceNorm(Trial trial) {
        return DjlCall.ofBlock(trial, InstanceNorm.builder().build());
    }

    /** A layer of other groups and channels has made a call in the process before. */
    private static Call afterAnother(Trial trial) {
        try (Call first = trial.with(Input.parse("4x48x16x16/8")).open()) {
            first.run();
        }
        return trial.open();
    }
}
