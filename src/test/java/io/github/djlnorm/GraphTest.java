package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.github.djlnorm.convolutional.ConvNorm;
import io.github.djlnorm.convolutional.ConvTranspose;
import io.github.djlnorm.convolutional.WeightStandardizedConv;
import io.github.djlnorm.testing.GarbageCollection;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether all that autograd's graph of a layer holds is libtorch's own. */
class GraphTest {

    private static final Shape SHAPE = new Shape(4, 6, 6, 4);

    /** A layer or a block of layers, and its inputs from data of rank 4. */
    record Case(String name, Supplier<? extends Block> maker, Function<NDArray, NDList> inputs) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> blocks() {
        return Stream.concat(
                Layers.all().map(layer -> new Case(layer.name(), layer::make, layer::inputs)),
                Stream.of(
                        convolution("group", Norm.group(2), false),
                        convolution("instance", Norm.instance(), false),
                        convolution("batch", Norm.batch(), false),
                        convolution("sync batch", Norm.syncBatch(), false),
                        convolution("frozen batch", Norm.frozenBatch(), false),
                        convolution("layer", Norm.layer(), false),
                        convolution("rms", Norm.rms(), false),
                        convolution("none", Norm.none(), false),
                        convolution("group standardized", Norm.group(2), true),
                        one(
                                "transposed convolution",
                                () ->
                                        ConvTranspose.builder()
                                                .setKernelShape(new Shape(3, 3))
                                                .setFilters(4)
                                                .build()),
                        one(
                                "weight-standardized convolution",
                                () ->
                                        WeightStandardizedConv.builder()
                                                .setKernelShape(new Shape(3, 3))
                                                .setFilters(4)
                                                .build())));
    }

    private static Case convolution(String name, Norm norm, boolean standardized) {
        return one(
                "convolution " + name,
                () ->
                        ConvNorm.builder()
                                .setKernelShape(new Shape(3, 3))
                                .setFilters(4)
                                .setNorm(norm)
                                .optWeightStandardized(standardized)
                                .build());
    }

    private static Case one(String name, Supplier<? extends Block> maker) {
        return new Case(name, maker, NDList::new);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void aGarbageCollectionLeavesGradientsInTraining(Case blockCase) {
        check(blockCase, Run.TRAINING);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void aGarbageCollectionLeavesGradientsInEvaluation(Case blockCase) {
        check(blockCase, Run.EVALUATION);
    }

    @Test
    void labelsInJavasMemoryMayBeClosedBeforeTheBackwardPass() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.randomNormal(SHAPE);
            Block block = ConditionalInstanceNorm.builder().setNumClasses(3).build();
            block.initialize(manager, DataType.FLOAT32, SHAPE, new Shape(SHAPE.get(0)));
            List<NDArray> variables = new ArrayList<>(List.of(x));
            block.getParameters().values().forEach(p -> variables.add(p.getArray()));
            variables.forEach(variable -> variable.setRequiresGradient(true));
            long[] classes = new long[(int) SHAPE.get(0)];
            Arrays.setAll(classes, i -> (2L * i + 1) % 3);
            GarbageCollection.assertKeepsGradients(
                    () -> {
                        try (NDArray labels = manager.create(classes)) {
                            return Run.forward(block, new NDList(x, labels), Run.TRAINING);
                        }
                    },
                    variables);
        }
    }

    private static void check(Case blockCase, boolean training) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDList inputs = blockCase.inputs.apply(manager.randomNormal(SHAPE));
            Block block = blockCase.maker.get();
            block.initialize(manager, DataType.FLOAT32, Layers.shapes(inputs));
            List<NDArray> variables = new ArrayList<>();
            inputs.stream()
                    .filter(input -> input.getDataType() == DataType.FLOAT32)
                    .forEach(variables::add);
            block.getParameters().values().stream()
                    .filter(Parameter::requiresGradient)
                    .map(Parameter::getArray)
                    .forEach(variables::add);
            variables.forEach(variable -> variable.setRequiresGradient(true));
            GarbageCollection.assertKeepsGradients(
                    () -> Run.forward(block, inputs, training), variables);
        }
    }
}
