package io.github.djlnorm.benchmark;

import static io.github.djlnorm.benchmark.Aim.on;
import static io.github.djlnorm.benchmark.Group.FIRST_CALLS;
import static io.github.djlnorm.benchmark.Group.LAYERS_IN_INFERENCE;
import static io.github.djlnorm.benchmark.Group.LAYERS_IN_TRAINING;
import static io.github.djlnorm.benchmark.Group.WHOLE_NETS;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Two contestants at the same work, on some inputs. */
@SuppressWarnings("ImmutableEnumChecker") // a list that is made once
enum Comparison {
    GROUP_NORM(
            LAYERS_IN_INFERENCE,
            Work.FORWARD,
            Contestant.GROUP_NORM,
            Contestant.LIBTORCH_GROUP_NORM,
            on("8x64x32x32/32").atMost(0.55).page(),
            on("32x128x16x16/32").atMost(0.55),
            on("2x256x64x64/32").atMost(0.75).page(),
            on("1x64x224x224/32").atMost(0.75),
            on("1x512x8x8/32").atMost(0.60),
            on("1x8x4x4/8").atMost(0.30).page(),
            on("8x64x32x32/32/channels-last").atMost(0.30).page(),
            on("32x128x16x16/32/channels-last").atMost(0.30),
            on("2x256x64x64/32/channels-last").atMost(0.30),
            on("1x64x224x224/32/channels-last").atMost(0.30),
            on("1x512x8x8/32/channels-last").atMost(0.30),
            on("1x8x4x4/8/channels-last").atMost(0.30)),
    COPY(
            LAYERS_IN_INFERENCE,
            Work.FORWARD,
            Contestant.GROUP_NORM,
            Contestant.COPY,
            on("8x64x32x32/32").atMost(1.7),
            on("32x128x16x16/32").atMost(1.7),
            on("2x256x64x64/32").atMost(1.7),
            on("1x64x224x224/32").atMost(1.7),
            on("8x64x32x32/32/channels-last").atMost(2.5),
            on("2x256x64x64/32/channels-last").atMost(2.5),
            on("1x64x224x224/32/channels-last").atMost(2.5)),
    FORMULA(
            LAYERS_IN_INFERENCE,
            Work.FORWARD,
            Contestant.GROUP_NORM,
            Contestant.FORMULA,
            on("8x64x32x32/32")),
    BATCH_NORM(
            LAYERS_IN_INFERENCE,
            Work.FORWARD,
            Contestant.GROUP_NORM,
            Contestant.BATCH_NORM,
            on("8x64x32x32/32")),
    LAYER_NORM(
            LAYERS_IN_INFERENCE,
            Work.FORWARD,
            Contestant.GROUP_NORM,
            Contestant.LAYER_NORM,
            on("8x64x32x32/32")),
    INSTANCE_NORM(
            LAYERS_IN_INFERENCE,
            Work.FORWARD,
            Contestant.INSTANCE_NORM,
            Contestant.LIBTORCH_INSTANCE_NORM,
            on("8x64x32x32").atMost(0.15).page(),
            on("32x128x16x16").atMost(0.15),
            on("2x256x64x64").atMost(0.15),
            on("1x64x224x224").atMost(0.15),
            on("1x512x8x8").atMost(0.15),
            on("1x8x4x4").atMost(0.15),
            on("8x64x32x32/channels-last").atMost(0.15),
            on("1x64x224x224/channels-last").atMost(0.15)),
    FROZEN_BATCH_NORM(
            LAYERS_IN_INFERENCE,
            Work.FORWARD,
            Contestant.FROZEN_BATCH_NORM,
            Contestant.LIBTORCH_BATCH_NORM,
            on("8x64x32x32"),
            on("1x64x224x224"),
            on("1x8x4x4"),
            on("8x64x32x32/channels-last")),
    GROUP_NORM_TO_BASELINE(
            LAYERS_IN_INFERENCE,
            Work.FORWARD,
            Contestant.GROUP_NORM,
            Contestant.BASELINE_GROUP_NORM,
            on("8x64x32x32/32"),
            on("1x8x4x4/8")),
    INSTANCE_NORM_TO_BASELINE(
            LAYERS_IN_INFERENCE,
            Work.FORWARD,
            Contestant.INSTANCE_NORM,
            Contestant.BASELINE_INSTANCE_NORM,
            on("8x64x32x32")),

    GROUP_NORM_BACKWARD(
            LAYERS_IN_TRAINING,
            Work.BACKWARD,
            Contestant.GROUP_NORM,
            Contestant.LIBTORCH_GROUP_NORM,
            on("8x64x32x32/32").page(),
            on("2x256x64x64/32"),
            on("1x8x4x4/8")),
    INSTANCE_NORM_BACKWARD(
            LAYERS_IN_TRAINING,
            Work.BACKWARD,
            Contestant.INSTANCE_NORM,
            Contestant.LIBTORCH_INSTANCE_NORM,
            on("8x64x32x32")),
    RELU_BACKWARD(
            LAYERS_IN_TRAINING,
            Work.BACKWARD,
            Contestant.GROUP_NORM_RELU,
            Contestant.GROUP_NORM_THEN_RELU,
            on("8x64x32x32/32"),
            on("2x256x64x64/32")),
    STACK_MEMORY(
            LAYERS_IN_TRAINING,
            Work.MEMORY,
            Contestant.CONV_NORM_STACK,
            Contestant.THREE_BLOCKS_STACK,
            on("8x32x64x64/8").atMost(0.60).page()),
    GROUP_NORM_BACKWARD_TO_BASELINE(
            LAYERS_IN_TRAINING,
            Work.BACKWARD,
            Contestant.GROUP_NORM,
            Contestant.BASELINE_GROUP_NORM,
            on("8x64x32x32/32")),

    RESNET_TO_ONNX(
            WHOLE_NETS,
            Work.INFERENCE,
            Contestant.CIFAR_RESNET,
            Contestant.ONNX_CIFAR_RESNET,
            on("1x3x32x32").atMost(2.2).page(),
            on("32x3x32x32").atMost(1.6).page()),
    CHANNELS_LAST_RESNET_TO_ONNX(
            WHOLE_NETS,
            Work.INFERENCE,
            Contestant.CIFAR_RESNET_CHANNELS_LAST,
            Contestant.ONNX_CIFAR_RESNET,
            on("1x3x32x32").atMost(2.2),
            on("32x3x32x32")),
    CHANNELS_LAST_RESNET_TO_BASELINE(
            WHOLE_NETS,
            Work.INFERENCE,
            Contestant.CIFAR_RESNET_CHANNELS_LAST,
            Contestant.BASELINE_CIFAR_RESNET,
            on("1x3x32x32").atMost(0.50)),
    RESNET_TO_PYTHON(
            WHOLE_NETS,
            Work.INFERENCE,
            Contestant.CIFAR_RESNET,
            Contestant.PYTHON_CIFAR_RESNET,
            on("1x3x32x32"),
            on("32x3x32x32")),
    RESNET_TO_BASELINE(
            WHOLE_NETS,
            Work.INFERENCE,
            Contestant.CIFAR_RESNET,
            Contestant.BASELINE_CIFAR_RESNET,
            on("1x3x32x32").atMost(0.50),
            on("32x3x32x32")),
    GENERATOR_TO_ONNX(
            WHOLE_NETS,
            Work.INFERENCE,
            Contestant.IMAGE_GENERATOR,
            Contestant.ONNX_IMAGE_GENERATOR,
            on("1x3x128x128"),
            on("1x3x256x256").atMost(1.25).page()),
    GENERATOR_TO_PYTHON(
            WHOLE_NETS,
            Work.INFERENCE,
            Contestant.IMAGE_GENERATOR,
            Contestant.PYTHON_IMAGE_GENERATOR,
            on("1x3x128x128"),
            on("1x3x256x256").atMost(0.95).page()),
    GENERATOR_TO_BASELINE(
            WHOLE_NETS,
            Work.INFERENCE,
            Contestant.IMAGE_GENERATOR,
            Contestant.BASELINE_IMAGE_GENERATOR,
            on("1x3x128x128"),
            on("1x3x256x256").atMost(0.75)),
    GENERATOR_WITH_MEMORY_KEPT(
            WHOLE_NETS,
            Work.INFERENCE,
            Contestant.IMAGE_GENERATOR_KEEPING_MEMORY,
            Contestant.IMAGE_GENERATOR,
            on("1x3x256x256")),
    STEP_TO_PYTHON(
            WHOLE_NETS,
            Work.STEP,
            Contestant.CIFAR_RESNET,
            Contestant.PYTHON_CIFAR_RESNET,
            on("32x3x32x32").page()),
    STEP_TO_BASELINE(
            WHOLE_NETS,
            Work.STEP,
            Contestant.CIFAR_RESNET,
            Contestant.BASELINE_CIFAR_RESNET,
            on("32x3x32x32").atMost(1)),
    STEP_WITH_MEMORY_KEPT(
            WHOLE_NETS,
            Work.STEP,
            Contestant.CIFAR_RESNET_KEEPING_MEMORY,
            Contestant.CIFAR_RESNET,
            on("32x3x32x32")),

    FIRST_LAYER(
            FIRST_CALLS,
            Work.FIRST_CALL,
            Contestant.GROUP_NORM,
            Contestant.LIBTORCH_GROUP_NORM,
            on("8x64x32x32/32").within(10)),
    SECOND_LAYER(
            FIRST_CALLS,
            Work.FIRST_CALL,
            Contestant.SECOND_GROUP_NORM,
            Contestant.LIBTORCH_SECOND_GROUP_NORM,
            on("8x64x32x32/32").within(1)),
    FIRST_LAYER_IN_TRAINING(
            FIRST_CALLS,
            Work.FIRST_TRAINING_CALL,
            Contestant.GROUP_NORM,
            Contestant.LIBTORCH_GROUP_NORM,
            on("8x64x32x32/32"));

    private final Group group;
    private final Work work;
    private final Contestant ours;
    private final Contestant other;
    private final List<Aim> aims;

    Comparison(Group group, Work work, Contestant ours, Contestant other, Aim... aims) {
        this.group = group;
        this.work = work;
        this.ours = ours;
        this.other = other;
        this.aims = List.of(aims);
    }

    /** What it is called by, in the table and for the option that chooses. */
    String label() {
        return ours.label() + " " + work.label() + " / " + other.label();
    }

    Group group() {
        return group;
    }

    Contestant ours() {
        return ours;
    }

    Contestant other() {
        return other;
    }

    Work work() {
        return work;
    }

    List<Row> rows() {
        return aims.stream().map(aim -> new Row(this, aim)).toList();
    }

    static Stream<Row> allRows() {
        return Arrays.stream(values()).flatMap(comparison -> comparison.rows().stream());
    }
}
