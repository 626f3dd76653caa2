package io.github.djlnorm;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.internal.Values;
import io.github.djlnorm.torch.TorchFunction;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The children of a block, where they are a convolution, a normalization of groups and an
 * activation that one call can carry out.
 *
 * <p>What the children are is looked at in each call, since a conversion may have replaced them.
 */
record FusedStage(Convolution convolution, AffineChannelNorm norm, FusedActivation activation) {

    private static final Set<Class<?>> CONVOLUTIONS =
            Set.of(Conv1d.class, Conv2d.class, Conv3d.class);

    static Optional<FusedStage> of(SequentialBlock block) {
        List<Block> children = block.getChildren().values();
        if (children.size() < 2
                || children.size() > 3
                || block.isReturnIntermediate()
                || !CONVOLUTIONS.contains(children.get(0).getClass())
                || !(children.get(1) instanceof AffineChannelNorm norm)) {
            return Optional.empty();
        }
        Convolution convolution = (Convolution) children.get(0);
        if (children.size() == 2) {
            return Optional.of(
                    new FusedStage(convolution, norm, norm.getActivation().orElse(null)));
        }
        return norm.getActivation().isPresent()
                ? Optional.empty()
                : FusedActivation.of(children.get(2))
                        .map(activation -> new FusedStage(convolution, norm, activation));
    }

    /** Whether one call can take an input; what is refused is left to the children to refuse. */
    boolean takes(NDList inputs) {
        if (inputs.size() != 1 || !TorchFunction.takes(inputs.get(0)) || groups().isEmpty()) {
            return false;
        }
        NDArray input = inputs.get(0);
        Parameter weight = parameter("weight");
        Shape kernels = weight.getShape();
        return kernels != null
                && input.getShape().dimension() == kernels.dimension()
                && input.getShape().get(1) == kernels.get(1) * convolution.getGroups()
                && input.getDataType().equals(weight.getArray().getDataType());
    }

    NDList forward(ParameterStore parameterStore, NDList inputs, boolean training) {
        NDArray input = inputs.get(0);
        Device device = input.getDevice();
        Convolved convolved =
                new Convolved(
                        Values.of(parameterStore, parameter("weight"), device, training),
                        Values.of(parameterStore, parameter("bias"), device, training),
                        convolution.getStride(),
                        convolution.getPadding(),
                        convolution.getDilation(),
                        convolution.getGroups());
        Shape output = convolution.getOutputShapes(new Shape[] {input.getShape()})[0];
        Step step = norm.step(parameterStore, device, training, activation);
        int groups = groups().getAsInt();
        return new NDList(Normalization.byGroup(input, convolved, output, groups, step));
    }

    private OptionalInt groups() {
        return norm.groupsOf(convolution.getFilters());
    }

    private Parameter parameter(String name) {
        ParameterList parameters = convolution.getDirectParameters();
        return parameters.contains(name) ? parameters.get(name) : null;
    }
}
