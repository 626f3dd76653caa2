package io.github.djlnorm.benchmark;

import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.Norm;
import java.util.Locale;
import org.bytedeco.pytorch.global.torch;

/** Who takes part. Its name is passed to the process that measures it. */
enum Contestant {
    GROUP_NORM,
    LIBTORCH_GROUP_NORM,
    FUNCTION_GROUP_NORM,
    FORMULA,
    BATCH_NORM,
    LAYER_NORM,
    COPY,

    INSTANCE_NORM,
    LIBTORCH_INSTANCE_NORM,
    TRACKING_INSTANCE_NORM,
    LIBTORCH_TRACKING_INSTANCE_NORM,

    SECOND_GROUP_NORM,
    LIBTORCH_SECOND_GROUP_NORM,

    GROUP_NORM_RELU,
    GROUP_NORM_THEN_RELU,
    LIBTORCH_GROUP_NORM_RELU,
    LIBTORCH_GROUP_NORM_THEN_RELU,
    CONV_NORM,
    THREE_BLOCKS,
    CONV_NORM_STACK,
    THREE_BLOCKS_STACK,
    LIBTORCH_STACK,

    RESNET_GROUP_NORM,
    RESNET_BATCH_NORM,
    PYTHON_RESNET_GROUP_NORM;

    /** Makes it ready to work. */
    Call open(Trial trial) {
        return switch (this) {
            case GROUP_NORM ->
                    DjlCall.ofBlock(
                            trial, GroupNorm.builder().setNumGroups(trial.groups()).build());
            case LIBTORCH_GROUP_NORM -> Direct.groupNorm(trial, y -> y);
            case FUNCTION_GROUP_NORM ->
                    DjlCall.ofFormula(
                            trial, (gamma, beta) -> GroupNormFunction.of(trial, gamma, beta));
            case FORMULA ->
                    DjlCall.ofFormula(
                            trial, (gamma, beta) -> GroupNormFormula.of(trial, gamma, beta));
            case BATCH_NORM -> DjlCall.ofTrainingBlock(trial, BatchNorm.builder().build());
            case LAYER_NORM -> DjlCall.ofBlock(trial, LayerNorm.builder().build());
            case COPY -> DjlCall.ofFormula(trial, (gamma, beta) -> x -> x.duplicate());
            case INSTANCE_NORM -> DjlCall.ofBlock(trial, InstanceNorm.builder().build());
            case LIBTORCH_INSTANCE_NORM -> Direct.instanceNorm(trial);
            case TRACKING_INSTANCE_NORM ->
                    DjlCall.ofTrainingBlock(
                            trial, InstanceNorm.builder().optTrackRunningStats(true).build());
            case LIBTORCH_TRACKING_INSTANCE_NORM -> Direct.trackingInstanceNorm(trial);
            case SECOND_GROUP_NORM -> afterAnother(trial.with(GROUP_NORM));
            case LIBTORCH_SECOND_GROUP_NORM -> afterAnother(trial.with(LIBTORCH_GROUP_NORM));
            case GROUP_NORM_RELU -> DjlCall.ofBlock(trial, Stages.groupNormRelu(trial));
            case GROUP_NORM_THEN_RELU -> DjlCall.ofBlock(trial, Stages.groupNormThenRelu(trial));
            case LIBTORCH_GROUP_NORM_RELU -> Direct.groupNorm(trial, torch::relu_);
            case LIBTORCH_GROUP_NORM_THEN_RELU -> Direct.groupNorm(trial, torch::relu);
            case CONV_NORM -> DjlCall.ofBlock(trial, Stages.convNorm(trial));
            case THREE_BLOCKS -> DjlCall.ofBlock(trial, Stages.threeBlocks(trial));
            case CONV_NORM_STACK -> DjlCall.ofBlock(trial, Stages.stack(Stages::convNorm, trial));
            case THREE_BLOCKS_STACK ->
                    DjlCall.ofBlock(trial, Stages.stack(Stages::threeBlocks, trial));
            case LIBTORCH_STACK -> Direct.stack(trial);
            case RESNET_GROUP_NORM -> new TrainingStep(trial, Norm.group(trial.groups()));
            case RESNET_BATCH_NORM -> new TrainingStep(trial, Norm.batch());
            case PYTHON_RESNET_GROUP_NORM ->
                    throw new UnsupportedOperationException("works in a Python process");
        };
    }

    boolean isDirect() {
        return name().startsWith("LIBTORCH_");
    }

    boolean isPython() {
        return name().startsWith("PYTHON_");
    }

    /** As people read it. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A layer of other groups and channels has made a call in the process before. */
    private static Call afterAnother(Trial trial) {
        try (Call first = trial.with(Trial.shape("4x48x16x16"), 8).open()) {
            first.run();
        }
        return trial.open();
    }
}
