package io.github.djlnorm.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.Norm;
import io.github.djlnorm.testing.GarbageCollection;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether all that autograd's graph of a network holds is libtorch's own. */
class ModelGraphTest {

    private static final Shape IMAGES = new Shape(2, 3, 17, 19);

    @ParameterizedTest
    @CsvSource({"group:2, false, true", "group:2, true, true", "instance, false, false"})
    void aGarbageCollectionLeavesGradientsOfCifarResNet(
            String norm, boolean standardized, boolean training) {
        check(
                CifarResNet.builder()
                        .setNumLayers(8)
                        .setOutSize(3)
                        .setNorm(Norm.parse(norm))
                        .optWidth(4)
                        .optWeightStandardized(standardized)
                        .build(),
                training);
    }

    @ParameterizedTest
    @CsvSource({"instance, true", "instance, false", "batch, true"})
    void aGarbageCollectionLeavesGradientsOfImageGenerator(String norm, boolean training) {
        check(
                ImageGenerator.builder()
                        .setNorm(Norm.parse(norm))
                        .optWidth(2)
                        .optResidualBlocks(1)
                        .build(),
                training);
    }

    @ParameterizedTest
    @CsvSource({"group:2, true", "instance, false", "batch, true"})
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void aGarbageCollectionLeavesGradientsOfUNet(String norm, boolean training) {
        check(UNet.builder().setNorm(Norm.parse(norm)).optWidth(2).optDepth(2).build(), training);
    }

    private static void check(Block net, boolean training) {
        try (NDManager manager = NDManager.newBaseManager()) {
            net.initialize(manager, DataType.FLOAT32, IMAGES);
            NDArray images = manager.randomUniform(0, 1, IMAGES);
            images.setRequiresGradient(true);
            List<NDArray> variables = new ArrayList<>(List.of(images));
            net.getParameters().values().stream()
                    .filter(Parameter::requiresGradient)
                    .map(Parameter::getArray)
                    .forEach(variables::add);
            GarbageCollection.assertKeepsGradients(() -> forward(net, images, training), variables);
        }
    }

    private static NDArray forward(Block net, NDArray images, boolean training) {
        ParameterStore store = new ParameterStore(images.getManager(), false);
        return net.forward(store, new NDList(images), training).singletonOrThrow();
    }
}
