package io.github.djlnorm.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import io.github.djlnorm.Norm;
import io.github.djlnorm.conversion.ConversionReport.Kept;
import io.github.djlnorm.testing.Managed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a plan says, what stands in a conversion's way, and that the model is then as it was. */
class ConversionPlanTest {

    private static final Shape IMAGES = new Shape(2, 4, 3, 3);

    @Managed private NDManager manager;

    @Test
    void aPlanChangesNothing() {
        Block net =
                initialized(
                        new SequentialBlock()
                                .add(BlocksHoldingLayers.batchNorm())
                                .add(new BlocksHoldingLayers.InField()),
                        IMAGES);
        List<Object> before = snapshot(net);

        ConversionReport planned = to(Norm.group(2)).plan(net);

        assertThat(snapshot(net)).isEqualTo(before);
        ConversionReport done = to(Norm.group(2)).convert(net).report();
        assertThat(planned.replaced()).isEqualTo(done.replaced());
        assertThat(planned.toString().lines().findFirst())
                .contains("would replace 2, cannot replace 0");
        assertThat(done.toString().lines().findFirst()).contains("replaced 2, could not replace 0");
    }

    @ParameterizedTest
    @CsvSource({
        "group:32, 'GroupNorm, up to 32 groups'",
        "group-exact:8, 'GroupNorm, 8 groups'",
        "group-channels:16, 'GroupNorm, 16 or more channels a group'",
        "instance, InstanceNorm",
        "layer, ChannelLayerNorm"
    })
    void aPlanNamesTheNormOfLayersWhoseChannelsAreNotKnown(String norm, String after) {
        SequentialBlock net = new SequentialBlock().add(BlocksHoldingLayers.batchNorm());

        assertThat(to(Norm.parse(norm)).plan(net).toString().lines())
                .containsExactly(
                        "would replace 1, cannot replace 0", "01BatchNorm  BatchNorm  -> " + after);
    }

    @ParameterizedTest
    @MethodSource
    void whatCannotBeReplacedIsReportedAndTheModelIsAsItWas(Block obstacle, String reason) {
        SequentialBlock net =
                new SequentialBlock().add(BlocksHoldingLayers.batchNorm()).add(obstacle);
        initialized(net.getChildren().get(0).getValue(), IMAGES);
        List<Object> before = snapshot(net);

        assertThatThrownBy(() -> to(Norm.group(2)).convert(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a conversion must be able to replace every BatchNorm")
                .hasMessageContaining("02" + obstacle.getClass().getSimpleName())
                .hasMessageContaining(reason)
                .hasMessageEndingWith("optPartial(true)");

        assertThat(snapshot(net)).isEqualTo(before);
    }

    static Stream<Object[]> whatCannotBeReplacedIsReportedAndTheModelIsAsItWas() {
        return Stream.of(
                new Object[] {
                    new BlocksHoldingLayers.InTypedField(),
                    "InTypedField.norm is declared as BatchNorm, which cannot hold a GroupNorm;"
                            + " declare it as Block"
                },
                new Object[] {
                    new BlocksHoldingLayers.InTypedArray(),
                    "InTypedArray.norms[0] is declared as BatchNorm"
                },
                new Object[] {
                    new BlocksHoldingLayers.InTypedList(),
                    "InTypedList.norms[0] is declared as BatchNorm"
                },
                new Object[] {
                    new BlocksHoldingLayers.InList(Collections::unmodifiableList),
                    "InList.norms cannot be modified; use an ArrayList"
                },
                new Object[] {
                    new BlocksHoldingLayers.InMap(Collections::unmodifiableMap),
                    "InMap.norms cannot be modified"
                },
                new Object[] {
                    new BlocksHoldingLayers.InSet(), "InSet.norms is neither a list nor an array"
                },
                new Object[] {new BlocksHoldingLayers.InFunction(), "a function captured it"},
                new Object[] {
                    new BlocksHoldingLayers.WithOwnChildren(),
                    "keeps its children in a way of its own"
                },
                new Object[] {new BlocksHoldingLayers.Symbol(), "a model of another framework"});
    }

    @Test
    void aFunctionOfDjlsBlocksMayCaptureALayerToo() {
        BatchNorm layer = BlocksHoldingLayers.batchNorm();
        Block net =
                new SequentialBlock()
                        .add(layer)
                        .addSingleton(x -> x.add(layer.getDirectParameters().size()));

        ConversionReport report = to(Norm.group(2)).plan(net);

        assertThat(report.kept()).extracting(Kept::path).containsExactly("01BatchNorm");
        assertThat(report.kept().get(0).reason()).startsWith("a function captured it");
    }

    @Test
    void aPartialConversionReplacesTheRest() {
        BatchNorm shared = BlocksHoldingLayers.batchNorm();
        SequentialBlock net =
                new SequentialBlock()
                        .add(BlocksHoldingLayers.batchNorm())
                        .add(new BlocksHoldingLayers.InTypedField())
                        .add(shared)
                        .addSingleton(x -> x.add(shared.getDirectParameters().size()));

        ConversionResult converted =
                NormConversion.builder()
                        .setNorm(Norm.group(2))
                        .optPartial(true)
                        .build()
                        .convert(net);

        assertThat(net.getChildren().keys())
                .startsWith("01GroupNorm", "02InTypedField", "03BatchNorm");
        assertThat(((BlocksHoldingLayers.Holder) net.getChildren().get(1).getValue()).held())
                .isInstanceOf(BatchNorm.class);
        assertThat(converted.report().kept())
                .extracting(Kept::path)
                .containsExactly("02InTypedField/01norm", "03BatchNorm");
    }

    @Test
    void aFailureOnTheWayIsUndone() {
        SequentialBlock net =
                new SequentialBlock()
                        .add(BlocksHoldingLayers.batchNorm())
                        .add(new BlocksHoldingLayers.InList(BlocksHoldingLayers.Stubborn::new));
        List<Object> before = snapshot(net);

        assertThatThrownBy(() -> to(Norm.group(2)).convert(net)).hasMessage("stubborn");

        assertThat(snapshot(net)).isEqualTo(before);
    }

    @Test
    void anInstanceNormCannotTakeTheOneValueAfterALinearLayer() {
        Block net =
                initialized(
                        new SequentialBlock()
                                .add(Linear.builder().setUnits(8).build())
                                .add(BlocksHoldingLayers.batchNorm()),
                        new Shape(2, 3));

        assertThat(to(Norm.instance()).plan(net).kept())
                .containsExactly(
                        new Kept(
                                "02BatchNorm",
                                "BatchNorm, 8 channels",
                                "a mean needs several values: expected 2 or more for each mean, got"
                                        + " 1 in an input of shape (2, 8); use"
                                        + " Norm.groupOfChannels(16)"));
        assertThat(to(Norm.group(8)).plan(net).isComplete()).isFalse();
        assertThat(to(Norm.group(4)).plan(net).isComplete()).isTrue();
    }

    @Test
    void aGroupCountThatDoesNotDivideTheChannelsIsReported() {
        Block net = initialized(new SequentialBlock().add(BlocksHoldingLayers.batchNorm()), IMAGES);

        assertThat(to(Norm.groupExact(3)).plan(net).kept().get(0).reason())
                .isEqualTo(
                        "the number of groups must divide the number of channels: expected a"
                                + " divisor of 4, got 3; use 2 or 4");
    }

    @Test
    void aNormThatCannotTakeOverScaleAndShiftIsRefused() {
        for (Norm norm : new Norm[] {null, Norm.none(), Norm.rms()}) {
            assertThatThrownBy(() -> to(norm))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "a conversion needs another normalization with a scale and a shift:"
                                    + " expected a norm other than none and rms, got "
                                    + norm
                                    + "; call setNorm with one such as Norm.group(32)");
        }
    }

    @Test
    void anAxisOrEpsilonOfTheNormsOwnIsRefused() {
        for (Norm norm : List.of(Norm.group(2).withAxis(-1), Norm.group(2).withEpsilon(1))) {
            assertThatThrownBy(() -> to(norm))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(
                            "a conversion keeps the axis and epsilon of each layer");
        }
    }

    /** Everything that a failed conversion must leave: blocks, names, parameters, what is held. */
    private static List<Object> snapshot(Block block) {
        List<Object> all = new ArrayList<>();
        all.add(System.identityHashCode(block));
        block.getDirectParameters()
                .forEach(
                        p -> {
                            all.add(System.identityHashCode(p.getValue()));
                            all.add(p.getValue().requiresGradient());
                            all.add(
                                    p.getValue().isInitialized()
                                            ? p.getValue().getArray().getUid()
                                            : "none");
                        });
        if (block instanceof BlocksHoldingLayers.Holder holder
                && !(block instanceof BlocksHoldingLayers.InFunction)) {
            all.add(System.identityHashCode(holder.held()));
        }
        block.getChildren()
                .forEach(
                        child -> {
                            all.add(child.getKey());
                            all.addAll(snapshot(child.getValue()));
                        });
        return all;
    }

    private static NormConversion to(Norm norm) {
        return NormConversion.builder().setNorm(norm).build();
    }

    private <B extends Block> B initialized(B block, Shape shape) {
        block.initialize(manager, DataType.FLOAT32, shape);
        return block;
    }
}
