package io.github.djlnorm.samples.style;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.data.Preprocessing;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The stages of a trained classifier. The style is in all of them, the content in the second, which
 * still knows where things are and no longer their exact colors.
 */
final class ClassifierFeatures implements FeatureNet {

    private static final int CONTENT_STAGE = 1;

    private final Classifier classifier;
    private final SequentialBlock net;
    private final Preprocessing preprocessing;
    private final List<Integer> stages;

    /** Takes a classifier, which learns no more from now on and is closed with this. */
    ClassifierFeatures(Classifier classifier) {
        this.classifier = classifier;
        net = (SequentialBlock) classifier.model().getBlock();
        net.freezeParameters(true);
        net.setReturnIntermediate(true);
        preprocessing = classifier.card().preprocessing();
        List<Block> children = net.getChildren().values();
        stages =
                IntStream.range(0, children.size())
                        .filter(i -> isStage(children.get(i)))
                        .boxed()
                        .toList();
    }

    /** What has no parameters only pools, and the linear layer gives no feature maps. */
    private static boolean isStage(Block child) {
        return !child.getParameters().isEmpty() && !(child instanceof Linear);
    }

    @Override
    public List<NDArray> style(NDArray images) {
        // Without training, running statistics stay; gradients reach the images all the same.
        NDList outputs =
                net.forward(
                        new ParameterStore(images.getManager(), false),
                        new NDList(preprocessing.fromPixels(images)),
                        false);
        return stages.stream().map(outputs::get).toList();
    }

    @Override
    public NDArray content(NDArray images) {
        return style(images).get(CONTENT_STAGE);
    }

    @Override
    public void close() {
        classifier.close();
    }
}
