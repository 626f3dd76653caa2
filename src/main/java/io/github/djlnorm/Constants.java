package io.github.djlnorm;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.internal.Values;
import java.util.ArrayList;
import java.util.List;

/**
 * A layer's parameters that nothing trains. Unfreezing a block around the layer makes DJL train all
 * of its parameters, and an optimizer's weight decay would then move these too.
 */
final class Constants {

    private final List<Parameter> constants = new ArrayList<>();

    static Parameter constant(String name, Parameter.Type type) {
        return Parameter.builder().setName(name).setType(type).optRequiresGrad(false).build();
    }

    Parameter add(Parameter constant) {
        constants.add(constant);
        return constant;
    }

    boolean contains(Parameter parameter) {
        return constants.contains(parameter);
    }

    /** Freezes what was unfrozen, and tells whether anything was. */
    boolean freezeAgain() {
        boolean unfrozen = false;
        for (Parameter constant : constants) {
            if (constant.requiresGradient()) {
                constant.freeze(true);
                unfrozen = true;
            }
        }
        return unfrozen;
    }

    /** Forgets the initializer that a block around the layer gave to all of its parameters. */
    void initializeByType() {
        constants.forEach(constant -> constant.setInitializer(constant.getType().getInitializer()));
    }

    static NDArray value(
            Parameter constant, ParameterStore parameterStore, Device device, boolean training) {
        NDArray array = Values.of(parameterStore, constant, device, training);
        // A store made its copy while the parameter was unfrozen.
        if (array.hasGradient()) {
            array.setRequiresGradient(false);
        }
        return array;
    }
}
