package io.github.djlnorm.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.Norm;
import io.github.djlnorm.conversion.ConversionReport.Kept;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers that functions and other objects hold, as children of the model or not. */
class LayersHeldByFunctionsTest {

    private static final String STRANGER =
            "it is no child of the model and may belong to another; make it a child with"
                    + " addChildBlock, or convert what it belongs to by itself";

    private interface Runner {
        NDList run(ParameterStore store, NDList inputs, boolean training);
    }

    private static final class Helper {

        private final Block norm;

        Helper(Block norm) {
            this.norm = norm;
        }

        NDList run(NDList inputs) {
            return norm.forward(new ParameterStore(), inputs, false);
        }
    }

    private record Component(Block norm) {}

    private static final class Box<T> {

        private final T content;

        Box(T content) {
            this.content = content;
        }

        T get() {
            return content;
        }
    }

    @SuppressWarnings("UnusedVariable") // read by reflection
    private static final class Node {

        private Object next = this;
    }

    /** Runs a layer that is no child of it. */
    private static final class WithoutChild extends BlocksHoldingLayers.Holder {

        private final Block norm = BlocksHoldingLayers.batchNorm();

        @Override
        Block held() {
            return norm;
        }
    }

    /** Runs its child through something that its constructor was given it in. */
    private static final class Through<T> extends BlocksHoldingLayers.Holder {

        private final T holder;
        private final Function<T, Block> getter;

        Through(Function<Block, T> maker, Function<T, Block> getter) {
            holder = maker.apply(addChildBlock("norm", BlocksHoldingLayers.batchNorm()));
            this.getter = getter;
        }

        @Override
        Block held() {
            return getter.apply(holder);
        }
    }

    /** Declares what the box is of. */
    private static final class WithBoxes extends BlocksHoldingLayers.Holder {

        private final Box<Block> any;
        private final Box<? extends BatchNorm> exact;

        WithBoxes(boolean isExact) {
            BatchNorm norm = addChildBlock("norm", BlocksHoldingLayers.batchNorm());
            any = isExact ? null : new Box<>(norm);
            exact = isExact ? new Box<>(norm) : null;
        }

        @Override
        Block held() {
            return any == null ? exact.get() : any.get();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void aLayerThatIsNoChildIsReportedWhereItIsHeld(String path, Block block) {
        SequentialBlock net = new SequentialBlock().add(block);
        assertThat(to(Norm.group(2)).plan(net).kept())
                .containsExactly(new Kept("01" + path, "BatchNorm", STRANGER));
        assertThatThrownBy(() -> to(Norm.group(2)).convert(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("01" + path + " (BatchNorm): it is no child");
    }

    static Stream<Object[]> aLayerThatIsNoChildIsReportedWhereItIsHeld() {
        BatchNorm norm = BlocksHoldingLayers.batchNorm();
        Helper helper = new Helper(norm);
        Runner reference = norm::forward;
        Function<NDList, NDList> inner = x -> norm.forward(new ParameterStore(), x, false);
        Block[] array = {norm};
        List<Block[]> list = List.<Block[]>of(array);
        Map<String, Block> map = Map.of("a", norm);
        Map<Block, String> keys = Map.of(norm, "a");
        Set<Supplier<Block>> suppliers = Set.of(() -> norm);
        Optional<Helper> optional = Optional.of(helper);
        AtomicReference<Block> atomic = new AtomicReference<>(norm);
        WeakReference<Block> weak = new WeakReference<>(norm);
        Component component = new Component(norm);
        Block sequence = new SequentialBlock().add(Function.identity()).add(norm);
        Runner proxy =
                (Runner)
                        Proxy.newProxyInstance(
                                Runner.class.getClassLoader(),
                                new Class<?>[] {Runner.class},
                                (self, method, arguments) -> norm);
        Function<NDList, NDList> anonymous =
                new Function<>() {
                    @Override
                    public NDList apply(NDList x) {
                        return inner.apply(x);
                    }
                };
        String captured = "LambdaBlock.lambda.arg$1";
        return Stream.of(
                held(captured, x -> norm.forward(new ParameterStore(), x, false)),
                held(captured + ".arg$1", x -> reference.run(new ParameterStore(), x, false)),
                held(captured + ".arg$1", x -> inner.apply(x)),
                held(captured + "[0]", x -> using(x, array)),
                held(captured + "[0][0]", x -> using(x, list)),
                held(captured + "[a]", x -> using(x, map)),
                held(captured, x -> using(x, keys)),
                held(captured + ".arg$1", x -> using(x, suppliers)),
                held(captured + ".norm", helper::run),
                held(captured + ".norm", x -> using(x, optional)),
                held(captured, x -> using(x, atomic)),
                held(captured, x -> using(x, weak)),
                held(captured + ".norm", x -> using(x, component)),
                held(captured + "/02BatchNorm", x -> using(x, sequence)),
                held(captured + ".arg$1", x -> using(x, proxy)),
                held("LambdaBlock.lambda.val$inner.arg$1", anonymous),
                new Object[] {
                    captured + ".arg$1",
                    LambdaBlock.singleton(x -> x.add(norm.getParameters().size()))
                },
                new Object[] {
                    "ParallelBlock.function.arg$1",
                    new ParallelBlock(x -> norm.forward(new ParameterStore(), x.get(0), false))
                },
                new Object[] {"WithoutChild.norm", new WithoutChild()});
    }

    private static Object[] held(String path, Function<NDList, NDList> function) {
        return new Object[] {path, new LambdaBlock(function)};
    }

    private static NDList using(NDList inputs, Object captured) {
        return captured == null ? null : inputs;
    }

    @Test
    void aPartialConversionLeavesAStrangerAlone() {
        BatchNorm stranger = BlocksHoldingLayers.batchNorm();
        SequentialBlock teacher = new SequentialBlock().add(stranger);
        SequentialBlock net =
                new SequentialBlock()
                        .add(BlocksHoldingLayers.batchNorm())
                        .add(x -> teacher.forward(new ParameterStore(), x, false));

        ConversionReport report =
                NormConversion.builder()
                        .setNorm(Norm.group(2))
                        .optPartial(true)
                        .build()
                        .convert(net)
                        .report();

        assertThat(teacher.getChildren().values()).containsExactly(stranger);
        assertThat(net.getChildren().keys()).startsWith("01GroupNorm");
        assertThat(report.kept())
                .extracting(Kept::path)
                .containsExactly("02LambdaBlock.lambda.arg$1/01BatchNorm");
    }

    @Test
    void aModelOfAnotherFrameworkInAFunctionIsReported() {
        Block symbol = new BlocksHoldingLayers.Symbol();
        SequentialBlock net = new SequentialBlock().add(x -> using(x, symbol));

        assertThat(to(Norm.group(2)).plan(net).kept())
                .singleElement()
                .satisfies(
                        kept -> {
                            assertThat(kept.path()).isEqualTo("01LambdaBlock.lambda.arg$1");
                            assertThat(kept.reason()).startsWith("it is a model of another");
                        });
    }

    @Test
    void aChainThatTheJdkMadeIsReportedAsClosed() {
        Function<NDList, NDList> run =
                x -> BlocksHoldingLayers.batchNorm().forward(new ParameterStore(), x, false);
        Function<NDList, NDList> add = x -> new NDList(x.head().add(1));
        Block andThen = new SequentialBlock().add(run.andThen(add));
        Block composed =
                new SequentialBlock().add(x -> run.compose(add).apply(x)).add(add.compose(run));

        assertThat(to(Norm.group(2)).plan(andThen).kept())
                .containsExactly(
                        new Kept(
                                "01LambdaBlock.lambda",
                                "Function",
                                "its module is closed to reflection, so that it cannot be looked"
                                        + " into; let a block of your own hold what it is made of,"
                                        + " or run Java with --add-opens"
                                        + " java.base/java.util.function=ALL-UNNAMED"));
        assertThat(to(Norm.group(2)).plan(composed).kept())
                .extracting(Kept::path)
                .containsExactly("02LambdaBlock.lambda");
    }

    @Test
    void whatHoldsNoLayerIsNoObstacle() {
        Thread thread = new Thread(() -> {});
        try (NDManager manager = NDManager.newBaseManager()) {
            Object[] harmless = {
                manager,
                Engine.getInstance(),
                thread,
                getClass(),
                getClass().getClassLoader(),
                "text",
                new int[] {1},
                new Object[] {null},
                Optional.empty(),
                Function.identity(),
                new Node(),
                (Supplier<Block>) BlocksHoldingLayers::batchNorm
            };
            SequentialBlock net = new SequentialBlock().add(x -> using(x, harmless));
            net.add(x -> net.forward(new ParameterStore(), x, false));

            assertThat(to(Norm.group(2)).plan(net).kept()).isEmpty();
        }
    }

    @Test
    void aLongChainIsFollowedToItsEnd() {
        Node first = new Node();
        Node last = first;
        for (int i = 0; i < 50_000; i++) {
            Node next = new Node();
            last.next = next;
            last = next;
        }
        last.next = BlocksHoldingLayers.batchNorm();

        assertThat(to(Norm.group(2)).plan(new SequentialBlock().add(x -> using(x, first))).kept())
                .singleElement()
                .satisfies(kept -> assertThat(kept.path()).endsWith(".next.next"));
    }

    @Test
    void aModelThatLeadsToAWholeApplicationIsReported() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            nodes.add(new Node());
        }

        assertThat(to(Norm.group(2)).plan(new SequentialBlock().add(x -> using(x, nodes))).kept())
                .containsExactly(
                        new Kept(
                                "(root)",
                                "SequentialBlock",
                                "its fields and functions lead to more than 100000 objects, which"
                                        + " were not all looked into; let them hold less"));
    }

    @ParameterizedTest
    @MethodSource
    void aChildIsReplacedInWhatItsBlockHoldsToo(BlocksHoldingLayers.Holder holder) {
        to(Norm.group(2)).convert(holder);

        assertThat(holder.held()).isInstanceOf(GroupNorm.class);
        assertThat(holder.getChildren().get(0).getValue()).isSameAs(holder.held());
    }

    static Stream<BlocksHoldingLayers.Holder> aChildIsReplacedInWhatItsBlockHoldsToo() {
        return Stream.of(
                new Through<>(Helper::new, helper -> helper.norm),
                new Through<>(AtomicReference::new, AtomicReference::get),
                new Through<>(norm -> array(norm), lambda -> lambda.get()[0]),
                new Through<>(norm -> Optional.of(new Helper(norm)), held -> held.get().norm),
                new WithBoxes(false));
    }

    /** An array that only a lambda holds. */
    private static Supplier<Block[]> array(Block norm) {
        Block[] array = {norm};
        return () -> array;
    }

    @ParameterizedTest
    @MethodSource
    void aChildThatCannotBeReplacedInWhatABlockHoldsIsReported(
            BlocksHoldingLayers.Holder holder, String reason) {
        assertThat(to(Norm.group(2)).plan(holder).kept())
                .singleElement()
                .satisfies(
                        kept -> {
                            assertThat(kept.path()).isEqualTo("01norm");
                            assertThat(kept.reason()).contains(reason);
                        });
    }

    static Stream<Object[]> aChildThatCannotBeReplacedInWhatABlockHoldsIsReported() {
        return Stream.of(
                new Object[] {
                    new Through<>(Optional::of, Optional::get), "holder is an Optional; let a field"
                },
                new Object[] {new Through<>(WeakReference::new, WeakReference::get), "a reference"},
                new Object[] {
                    new Through<>(Component::new, Component::norm),
                    "holder.norm is a component of a record"
                },
                new Object[] {
                    new Through<>(norm -> Map.of(norm, 1), map -> map.keySet().iterator().next()),
                    "a map of which it is a key"
                },
                new Object[] {
                    new Through<>(norm -> list(norm), lambda -> lambda.get().get(0)),
                    "holder.arg$1[0] is of a type that is not known there"
                },
                new Object[] {
                    new Through<>(Box::new, Box::get),
                    "holder.content is of a type that is not known there; declare it as Block"
                },
                new Object[] {
                    new WithBoxes(true), "exact.content is declared as BatchNorm, which cannot hold"
                });
    }

    /** A list that only a lambda holds. */
    private static Supplier<List<BatchNorm>> list(Block norm) {
        List<BatchNorm> list = new ArrayList<>(List.of((BatchNorm) norm));
        return () -> list;
    }

    private static NormConversion to(Norm norm) {
        return NormConversion.builder().setNorm(norm).build();
    }
}
