package io.github.djlnorm.benchmark;

import static io.github.djlnorm.benchmark.Work.BACKWARD;
import static io.github.djlnorm.benchmark.Work.FIRST_CALL;
import static io.github.djlnorm.benchmark.Work.FORWARD;
import static io.github.djlnorm.benchmark.Work.MEMORY;
import static io.github.djlnorm.benchmark.Work.STEP;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Two contestants at the same work, on some shapes, and the ratio that is aimed at. */
enum Comparison {
    GROUP_NORM(FORWARD, Contestant.GROUP_NORM, Contestant.LIBTORCH_GROUP_NORM, Shapes.ALL),
    GROUP_NORM_BACKWARD(
            BACKWARD, Contestant.GROUP_NORM, Contestant.LIBTORCH_GROUP_NORM, Shapes.ALL),
    FORMULA(FORWARD, Contestant.GROUP_NORM, Contestant.FORMULA, Shapes.FEW, 1 / 4.0),
    FORMULA_BACKWARD(BACKWARD, Contestant.GROUP_NORM, Contestant.FORMULA, Shapes.FEW, 1 / 3.0),
    BATCH_NORM(FORWARD, Contestant.GROUP_NORM, Contestant.BATCH_NORM, Shapes.FEW),
    LAYER_NORM(FORWARD, Contestant.GROUP_NORM, Contestant.LAYER_NORM, Shapes.FEW),
    COPY(FORWARD, Contestant.GROUP_NORM, Contestant.COPY, Shapes.FEW),

    INSTANCE_NORM(
            FORWARD,
            Contestant.INSTANCE_NORM,
            Contestant.LIBTORCH_INSTANCE_NORM,
            Shapes.ALL_BY_CHANNEL,
            0.3),
    TRACKING_INSTANCE_NORM(
            FORWARD,
            Contestant.TRACKING_INSTANCE_NORM,
            Contestant.LIBTORCH_TRACKING_INSTANCE_NORM,
            Shapes.ALL_BY_CHANNEL,
            0.4),
    INSTANCE_NORM_BACKWARD(
            BACKWARD,
            Contestant.INSTANCE_NORM,
            Contestant.LIBTORCH_INSTANCE_NORM,
            Shapes.ALL_BY_CHANNEL,
            0.75),

    RELU(FORWARD, Contestant.GROUP_NORM_RELU, Contestant.GROUP_NORM_THEN_RELU, Shapes.LARGE, 0.85),
    RELU_BACKWARD(
            BACKWARD,
            Contestant.GROUP_NORM_RELU,
            Contestant.GROUP_NORM_THEN_RELU,
            Shapes.LARGE,
            0.85),
    CONV_NORM(FORWARD, Contestant.CONV_NORM, Contestant.THREE_BLOCKS, Shapes.CONVOLVED),
    CONV_NORM_BACKWARD(BACKWARD, Contestant.CONV_NORM, Contestant.THREE_BLOCKS, Shapes.CONVOLVED),
    CONV_NORM_MEMORY(
            MEMORY, Contestant.CONV_NORM_STACK, Contestant.THREE_BLOCKS_STACK, Shapes.STACKED, 0.8),
    LIBTORCH_MEMORY(MEMORY, Contestant.CONV_NORM_STACK, Contestant.LIBTORCH_STACK, Shapes.STACKED),

    /* What no layer on libtorch's kernels can be better than. */
    FUNCTION(FORWARD, Contestant.FUNCTION_GROUP_NORM, Contestant.LIBTORCH_GROUP_NORM, Shapes.ALL),
    BOUND_OF_FORMULA(FORWARD, Contestant.LIBTORCH_GROUP_NORM, Contestant.FORMULA, Shapes.FEW),
    BOUND_OF_INSTANCE_NORM(
            FORWARD,
            Contestant.LIBTORCH_GROUP_NORM,
            Contestant.LIBTORCH_INSTANCE_NORM,
            Shapes.ALL_BY_CHANNEL),
    BOUND_OF_RELU(
            FORWARD,
            Contestant.LIBTORCH_GROUP_NORM_RELU,
            Contestant.LIBTORCH_GROUP_NORM_THEN_RELU,
            Shapes.LARGE),
    BOUND_OF_RELU_BACKWARD(
            BACKWARD,
            Contestant.LIBTORCH_GROUP_NORM_RELU,
            Contestant.LIBTORCH_GROUP_NORM_THEN_RELU,
            Shapes.LARGE),

    FIRST_CALL_OF_FIRST_LAYER(
            FIRST_CALL, Contestant.GROUP_NORM, Contestant.LIBTORCH_GROUP_NORM, Shapes.FIRST),
    FIRST_CALL_OF_SECOND_LAYER(
            FIRST_CALL,
            Contestant.SECOND_GROUP_NORM,
            Contestant.LIBTORCH_SECOND_GROUP_NORM,
            Shapes.FIRST),

    RESNET_TO_BATCH_NORM(
            STEP, Contestant.RESNET_GROUP_NORM, Contestant.RESNET_BATCH_NORM, Shapes.IMAGES, 1.15),
    RESNET_TO_PYTHON(
            STEP,
            Contestant.RESNET_GROUP_NORM,
            Contestant.PYTHON_RESNET_GROUP_NORM,
            Shapes.IMAGES,
            1.1);

    private final Work work;
    private final Contestant ours;
    private final Contestant other;
    private final Shapes shapes;
    private final OptionalDouble target;

    Comparison(Work work, Contestant ours, Contestant other, Shapes shapes) {
        this(work, ours, other, shapes, OptionalDouble.empty());
    }

    Comparison(Work work, Contestant ours, Contestant other, Shapes shapes, double target) {
        this(work, ours, other, shapes, OptionalDouble.of(target));
    }

    Comparison(Work work, Contestant ours, Contestant other, Shapes shapes, OptionalDouble target) {
        this.work = work;
        this.ours = ours;
        this.other = other;
        this.shapes = shapes;
        this.target = target;
    }

    /** What it is called by, in the table and for the option that chooses. */
    String label() {
        return ours.label() + " " + work.label() + " / " + other.label();
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

    /** Whether the two must compute the same numbers; the others are there for orientation. */
    boolean sameNumbers() {
        return this != BATCH_NORM && this != LAYER_NORM && this != COPY && work != STEP;
    }

    /** The rows of all whose label has a pattern. */
    static List<Row> rows(Pattern only, Size size) {
        return Arrays.stream(values())
                .filter(comparison -> only.matcher(comparison.label()).find())
                .flatMap(comparison -> comparison.rows(size).stream())
                .toList();
    }

    List<Row> rows(Size size) {
        return shapes.of(size).stream()
                .map(
                        s ->
                                new Row(
                                        this,
                                        new Trial(
                                                ours,
                                                work,
                                                Trial.shape(s.dimensions()),
                                                s.groups())))
                .toList();
    }

    /** The ratio that is aimed at, at most, if there is one. */
    OptionalDouble target(Trial trial) {
        return this == GROUP_NORM ? Shapes.groupNormTarget(trial.dimensions()) : target;
    }
}
