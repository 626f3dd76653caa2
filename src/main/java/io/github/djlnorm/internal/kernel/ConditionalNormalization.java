package io.github.djlnorm.internal.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.torch.TorchFunction;

/** Instance normalization with a scale and a shift of each instance, from its class or style. */
public final class ConditionalNormalization {

    private ConditionalNormalization() {}

    /**
     * Each channel of each instance, by its own statistics, and scaled and shifted by the row of
     * its label in gamma and beta of shape (classes, C).
     */
    public static NDArray byClass(
            NDArray input, NDArray labels, int axis, double epsilon, NDArray gamma, NDArray beta) {
        Normalization.checkSpatial(input, axis, epsilon, Epilogue.NOTHING);
        int channelAxis = ArrayRules.axis(axis, input.getShape());
        ArrayRules.parameterOfClasses("gamma", gamma, input, channelAxis);
        ArrayRules.parameterOfClasses("beta", beta, input, channelAxis);
        ArrayRules.labels(labels, input);
        return Normalization.keepingOnlyResult(
                () -> {
                    ArrayRules.labelsBelow(gamma.getShape().get(0), labels);
                    Epilogue perInstance = Epilogue.of(rows(gamma, labels), rows(beta, labels));
                    return byChannelOfInstance(input, axis, epsilon, perInstance);
                });
    }

    private static NDArray rows(NDArray table, NDArray labels) {
        // A copy: autograd's graph keeps it, and a caller's may lie in Java's memory.
        NDArray places = labels.duplicate().toType(DataType.INT64, false);
        Shape shape = table.getShape();
        if (!TorchFunction.takes(table)) { // not every engine gathers
            NDArray oneHot = places.oneHot(Math.toIntExact(shape.get(0)));
            return oneHot.toType(table.getDataType(), false).matMul(table);
        }
        return table.gather(places.expandDims(1).broadcast(labels.size(), shape.get(1)), 0);
    }

    /** Each channel of each instance, brought to the mean and deviation of a style's channel. */
    public static NDArray byStyle(NDArray content, NDArray style, int axis, double epsilon) {
        Normalization.checkSpatial(content, axis, epsilon, Epilogue.NOTHING);
        int channelAxis = ArrayRules.axis(axis, content.getShape());
        long channels = content.getShape().get(channelAxis);
        ArrayRules.style(style, content, channels, axis);
        int styleAxis = ArrayRules.axis(axis, style.getShape());
        return Normalization.keepingOnlyResult(
                () -> {
                    NDArray x = Normalization.move(style, styleAxis, 1);
                    NDList moments =
                            KernelChoice.of(x, Epilogue.NOTHING).meanAndDeviation(x, epsilon);
                    Shape perInstance = new Shape(content.getShape().get(0), channels);
                    NDArray mean = moments.get(0).broadcast(perInstance);
                    NDArray deviation = moments.get(1).broadcast(perInstance);
                    return byChannelOfInstance(
                            content, axis, epsilon, Epilogue.of(deviation, mean));
                });
    }

    /** Each channel of each instance, with a scale and a shift of its own, of shape (N, C). */
    private static NDArray byChannelOfInstance(
            NDArray input, int axis, double epsilon, Epilogue perInstance) {
        int all = Math.toIntExact(perInstance.gamma().size());
        Epilogue flat =
                Epilogue.of(
                        perInstance.gamma().reshape(new Shape(all)),
                        perInstance.beta().reshape(new Shape(all)));
        int channelAxis = ArrayRules.axis(axis, input.getShape());
        return Normalization.keepingOnlyResult(
                () -> {
                    NDArray x = Normalization.move(input, channelAxis, 1);
                    Shape shape = x.getShape();
                    NDArray oneInstance = x.reshape(new Shape(1, all).addAll(shape.slice(2)));
                    NDArray y = Normalization.ofGroups(oneInstance, all, epsilon, flat);
                    return Normalization.move(y.reshape(shape), 1, channelAxis);
                });
    }
}
