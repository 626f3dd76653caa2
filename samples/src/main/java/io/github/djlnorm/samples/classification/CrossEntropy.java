package io.github.djlnorm.samples.classification;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;

/** The cross-entropy of scores for images, (N, C), or for their pixels, (N, C, H, W). */
final class CrossEntropy extends SoftmaxCrossEntropyLoss {

    static final int CLASS_AXIS = 1;

    CrossEntropy() {
        super("loss", 1, CLASS_AXIS, true, true);
    }

    @Override
    public NDArray evaluate(NDList labels, NDList scores) {
        // DJL's own picks the scores of pixels only by labels that have an axis for the class.
        NDArray withClassAxis = labels.singletonOrThrow().expandDims(CLASS_AXIS);
        return super.evaluate(new NDList(withClassAxis), scores);
    }
}
