package io.github.djlnorm.benchmark;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import io.github.djlnorm.FusedActivation;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.Norm;
import io.github.djlnorm.convolutional.ConvNorm;
import java.util.function.Function;

/**
 * GroupNorm with what surrounds it: ReLU after it and a 3x3 convolution, with as many channels out
 * as in, before it. Each in one call, and as the blocks that do the same one by one.
 */
final class Stages {

    private static final int DEPTH = 20;
    private static final Shape KERNEL = new Shape(3, 3);
    private static final Shape PADDING = new Shape(1, 1);

    private Stages() {}

    static Block groupNormRelu(Trial trial) {
        return GroupNorm.builder()
                .setNumGroups(trial.input().groups())
                .optActivation(FusedActivation.RELU)
                .build();
    }

    static Block groupNormThenRelu(Trial trial) {
        return new SequentialBlock()
                .add(GroupNorm.builder().setNumGroups(trial.input().groups()).build())
                .add(Activation.reluBlock());
    }

    static Block convNorm(Trial trial) {
        return ConvNorm.builder()
                .setKernelShape(KERNEL)
                .setFilters(Math.toIntExact(trial.input().channels()))
                .setNorm(norm(trial))
                .optBias(false)
                .build();
    }

    static Block threeBlocks(Trial trial) {
        return new SequentialBlock()
                .add(
                        Conv2d.builder()
                                .setKernelShape(KERNEL)
                                .setFilters(Math.toIntExact(trial.input().channels()))
                                .optPadding(PADDING)
                                .optBias(false)
                                .build())
                .add(norm(trial).newLayer(trial.input().channels()).orElseThrow())
                .add(Activation.reluBlock());
    }

    private static Norm norm(Trial trial) {
        return Norm.groupExact(trial.input().groups());
    }

    static Block stack(Function<Trial, Block> stage, Trial trial) {
        SequentialBlock stack = new SequentialBlock();
        for (int i = 0; i < DEPTH; i++) {
            stack.add(stage.apply(trial));
        }
        return stack;
    }
}
