package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Every layer, in its main variants, for what all have in common. */
final class Layers {

    private Layers() {}

    /** How to make a layer, and its inputs from data of rank 4. */
    record Case(
            String name, Supplier<? extends ChannelNorm> maker, Function<NDArray, NDList> inputs) {

        ChannelNorm make() {
            return maker.get();
        }

        NDList inputs(NDArray x) {
            return inputs.apply(x);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> all() {
        return Stream.of(
                one("group", () -> GroupNorm.builder().setNumGroups(2).build()),
                one("group last", () -> GroupNorm.builder().setNumGroups(2).optAxis(-1).build()),
                new Case(
                        "group masked",
                        () -> GroupNorm.builder().setNumGroups(2).build(),
                        x -> new NDList(x, x.get(":, 0").gt(-0.5))),
                one(
                        "group relu",
                        () ->
                                GroupNorm.builder()
                                        .setNumGroups(2)
                                        .optActivation(FusedActivation.RELU)
                                        .build()),
                one("instance", () -> InstanceNorm.builder().build()),
                one(
                        "instance tracking",
                        () -> InstanceNorm.builder().optTrackRunningStats(true).build()),
                one(
                        "instance tracking unbatched",
                        () ->
                                InstanceNorm.builder()
                                        .optSpatialDims(3)
                                        .optTrackRunningStats(true)
                                        .build()),
                one(
                        "instance unbatched last",
                        () -> InstanceNorm.builder().optSpatialDims(3).optAxis(-1).build()),
                new Case(
                        "instance unbatched masked",
                        () -> InstanceNorm.builder().optSpatialDims(3).build(),
                        x -> new NDList(x, x.get(0).gt(-0.5))),
                one("channel layer", () -> ChannelLayerNorm.builder().build()),
                one("channel layer last", () -> ChannelLayerNorm.builder().optAxis(-1).build()),
                one("rms", () -> RMSNorm.builder().build()),
                one("rms first", () -> RMSNorm.builder().optAxis(1).build()),
                one("sync batch", () -> SyncBatchNorm.builder().build()),
                one("sync batch last", () -> SyncBatchNorm.builder().optAxis(-1).build()),
                one("frozen", () -> FrozenBatchNorm.builder().build()),
                one("frozen last", () -> FrozenBatchNorm.builder().optAxis(-1).build()),
                conditional("conditional", 1),
                conditional("conditional last", -1),
                new Case(
                        "adaptive",
                        () -> AdaptiveInstanceNorm.builder().build(),
                        x -> new NDList(x, x.mul(2).get(":, :, 1:"))),
                new Case(
                        "adaptive last",
                        () -> AdaptiveInstanceNorm.builder().optAxis(-1).build(),
                        x -> new NDList(x, x.mul(2).get(":1, 1:"))));
    }

    private static Case one(String name, Supplier<? extends ChannelNorm> maker) {
        return new Case(name, maker, NDList::new);
    }

    private static Case conditional(String name, int axis) {
        return new Case(
                name,
                () -> ConditionalInstanceNorm.builder().setNumClasses(9).optAxis(axis).build(),
                x -> new NDList(x, x.getManager().arange((int) x.getShape().get(0))));
    }

    /** The shapes that a layer is initialized with. */
    static Shape[] shapes(NDList inputs) {
        return inputs.stream().map(NDArray::getShape).toArray(Shape[]::new);
    }
}
