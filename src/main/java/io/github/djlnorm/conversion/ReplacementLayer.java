package io.github.djlnorm.conversion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.util.Pair;
import io.github.djlnorm.Norm;
import io.github.djlnorm.internal.Positions;
import io.github.djlnorm.internal.Refusal;

/** Makes the layer that takes a BatchNorm's place, with copies of what that has learned. */
final class ReplacementLayer {

    private ReplacementLayer() {}

    /**
     * Makes a layer.
     *
     * @throws IllegalArgumentException if such a layer would not fit the old one's input
     */
    static Block of(Block old, Norm norm) {
        Norm own = BatchNorms.like(old, norm);
        Block layer = BatchNorms.newLayer(old, own);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            inherit(layer.getDirectParameters(), old.getDirectParameters());
            if (old.isInitialized()) {
                checkSeveralValues(own, old);
                initialize(layer, old);
            }
            // They belong to the layer, whatever scope its user has opened.
            layer.getDirectParameters().values().stream()
                    .filter(Parameter::isInitialized)
                    .forEach(parameter -> NDScope.unregister(parameter.getArray()));
            return layer;
        } catch (RuntimeException e) {
            layer.clear();
            throw e;
        }
    }

    private static void inherit(ParameterList parameters, ParameterList old) {
        for (Pair<String, Parameter> pair : parameters) {
            Parameter source = old.get(pair.getKey());
            Parameter parameter = pair.getValue();
            if (source == null) { // an option was off
                parameter.freeze(true);
                continue;
            }
            parameter.setInitializer(source.getInitializer());
            if (source.isInitialized()) {
                parameter.setArray(copy(source.getArray()));
            }
            if (!source.requiresGradient()) {
                parameter.freeze(true);
            }
        }
    }

    /** A copy that knows nothing of the original's gradients, with the same manager. */
    private static NDArray copy(NDArray array) {
        try (NDArray values = array.stopGradient()) {
            return values.duplicate();
        }
    }

    private static void checkSeveralValues(Norm norm, Block old) {
        long channels = old.getDirectParameters().get("runningMean").getShape().get(0);
        Shape input = old.getInputShapes()[0];
        boolean singleChannels =
                switch (norm.kind()) {
                    case GROUP, GROUP_EXACT, GROUP_CHANNELS -> norm.numGroups(channels) == channels;
                    case INSTANCE -> true;
                    default -> false;
                };
        if (singleChannels && Positions.of(input, channels) == 1) {
            throw Refusal.of(
                    "a mean needs several values",
                    "2 or more for each mean",
                    "1 in an input of shape " + input,
                    "use Norm.groupOfChannels(16)");
        }
    }

    private static void initialize(Block layer, Block old) {
        NDArray mean = old.getDirectParameters().get("runningMean").getArray();
        Shape[] inputShapes = old.getInputShapes().clone();
        layer.initialize(mean.getManager(), mean.getDataType(), inputShapes);
    }
}
