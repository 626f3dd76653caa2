package io.github.djlnorm;

import static io.github.djlnorm.Run.EVALUATION;
import static io.github.djlnorm.Run.TRAINING;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.convolutional.ConvNorm;
import io.github.djlnorm.convolutional.ConvTranspose;
import io.github.djlnorm.convolutional.WeightStandardizedConv;
import io.github.djlnorm.models.CifarResNet;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How long the values of parameters live: as long as the block, or the store that copied them. */
class LifecycleTest {

    private static final int CALLS = 3;

    @Managed private NDManager manager;
    private NDArray x;

    @BeforeEach
    void open() {
        x = manager.randomNormal(new Shape(2, 6, 8, 8));
    }

    private record Case(
            String name, Supplier<? extends Block> maker, Function<NDArray, NDList> inputs) {

        Block make() {
            return maker.get();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** The blocks that hold none of DJL's own layers. */
    static Stream<Case> layers() {
        Stream<Case> norms =
                Layers.all().map(layer -> new Case(layer.toString(), layer::make, layer::inputs));
        Shape kernel = new Shape(2, 2);
        Stream<Case> convolutions =
                Stream.of(
                        one(
                                "transposed",
                                () ->
                                        ConvTranspose.builder()
                                                .setKernelShape(kernel)
                                                .setFilters(4)
                                                .build()),
                        one(
                                "standardized",
                                () ->
                                        WeightStandardizedConv.builder()
                                                .setKernelShape(kernel)
                                                .setFilters(4)
                                                .optBias(true)
                                                .build()));
        return Stream.concat(norms, convolutions);
    }

    static Stream<Case> blocks() {
        Stream<Case> others =
                Stream.of(
                        one("stage", () -> ConvNorm.convGroupNorm(6, 2)),
                        one(
                                "net",
                                () ->
                                        CifarResNet.builder()
                                                .setNumLayers(8)
                                                .setOutSize(2)
                                                .setNorm(Norm.group(2))
                                                .optWidth(2)
                                                .optWeightStandardized(true)
                                                .build()));
        return Stream.concat(layers(), others);
    }

    private static Case one(String name, Supplier<? extends Block> maker) {
        return new Case(name, maker, NDList::new);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void theCopiesOfAStoreLastForAllCalls(Case blockCase) {
        NDList inputs = blockCase.inputs().apply(x);
        Block block = initialized(blockCase);
        float[] expected = Run.forward(block, inputs, EVALUATION).toFloatArray();
        ParameterStore copies = new ParameterStore(manager, true);

        for (int call = 0; call < CALLS; call++) {
            assertThat(forward(block, copies, inputs)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("blocks")
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void theCopiesOfAStoreOutliveTheScopeOfACall(Case blockCase) {
        NDList inputs = blockCase.inputs().apply(x);
        Block block = initialized(blockCase);
        float[] expected = Run.forward(block, inputs, EVALUATION).toFloatArray();
        ParameterStore copies = new ParameterStore(manager, true);

        for (int call = 0; call < CALLS; call++) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                assertThat(forward(block, copies, inputs)).isEqualTo(expected);
            }
        }
    }

    /** At the first call for one device a store makes the copies for all of them. */
    @ParameterizedTest
    @MethodSource("blocks")
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void theCopiesForAnotherDeviceLastUntilTheyAreAskedFor(Case blockCase) {
        NDList inputs = blockCase.inputs().apply(x);
        Block block = initialized(blockCase);
        float[] expected = Run.forward(block, inputs, EVALUATION).toFloatArray();
        TwoDevices store = new TwoDevices(manager);

        for (int call = 0; call < CALLS; call++) {
            store.index = call % 2;
            assertThat(forward(block, store, inputs)).isEqualTo(expected);
        }
    }

    /** Does what DJL's store does for two devices, of which this machine has one. */
    private static final class TwoDevices extends ParameterStore {

        private final Map<Parameter, NDList> copies = new HashMap<>();
        private int index;

        TwoDevices(NDManager manager) {
            super(manager, true);
        }

        @Override
        public NDArray getValue(Parameter parameter, Device device, boolean training) {
            return parameter == null
                    ? null
                    : copies.computeIfAbsent(parameter, p -> new NDList(copy(p), copy(p)))
                            .get(index);
        }

        private NDArray copy(Parameter parameter) {
            NDArray array = parameter.getArray();
            NDArray copy = array.toDevice(array.getDevice(), true);
            copy.attach(getManager());
            return copy;
        }
    }

    @ParameterizedTest
    @MethodSource("blocks")
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void parametersOutliveTheScopeThatTheyWereMadeIn(Case blockCase) throws Exception {
        NDList inputs = blockCase.inputs().apply(x);
        Block block = blockCase.make();
        Block loaded = blockCase.make();
        Block byCall = blockCase.make();
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            block.initialize(manager, DataType.FLOAT32, Layers.shapes(inputs));
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            block.saveParameters(new DataOutputStream(file));
            loaded.loadParameters(
                    manager, new DataInputStream(new ByteArrayInputStream(file.toByteArray())));
            Run.forward(byCall, inputs, TRAINING);
        }

        float[] expected = Run.forward(block, inputs, EVALUATION).toFloatArray();
        assertThat(Run.forward(loaded, inputs, EVALUATION).toFloatArray()).isEqualTo(expected);
        assertThat(Run.forward(byCall, inputs, EVALUATION).getShape().size())
                .isEqualTo(expected.length);
    }

    private Block initialized(Case blockCase) {
        Block block = blockCase.make();
        Shape[] shapes = Layers.shapes(blockCase.inputs().apply(x));
        block.initialize(manager, DataType.FLOAT32, shapes);
        return block;
    }

    private static float[] forward(Block block, ParameterStore store, NDList inputs) {
        return block.forward(store, inputs, EVALUATION).singletonOrThrow().toFloatArray();
    }
}
