package io.github.djlnorm.benchmark;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.benchmark.DirectCall.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** libtorch's own functions, with nothing between. */
final class Direct {

    private static final double EPSILON = 1e-5;
    private static final double MOMENTUM = 0.1;
    private static final int ARGUMENTS_OF_STAGE = 3;
    private static final long[] ONES = {1, 1};

    private Direct() {}

    /** The normalization, and what follows it. */
    static Call groupNorm(Trial trial, UnaryOperator<Tensor> after) {
        return new DirectCall(
                trial,
                affine(trial),
                false,
                a ->
                        x ->
                                after.apply(
                                        torch.group_norm(
                                                x,
                                                trial.groups(),
                                                a.get(0),
                                                a.get(1),
                                                EPSILON,
                                                false)));
    }

    static Call instanceNorm(Trial trial) {
        TensorOptional none = new TensorOptional();
        return new DirectCall(
                trial,
                affine(trial),
                false,
                a -> x -> instanceNorm(x, a.get(0), a.get(1), none, none));
    }

    static Call trackingInstanceNorm(Trial trial) {
        return new DirectCall(
                trial,
                affine(trial),
                true,
                a -> x -> instanceNorm(x, a.get(0), a.get(1), a.get(2), a.get(3)));
    }

    private static Tensor instanceNorm(
            Tensor x,
            TensorOptional gamma,
            TensorOptional beta,
            TensorOptional mean,
            TensorOptional variance) {
        return torch.instance_norm(x, gamma, beta, mean, variance, true, MOMENTUM, EPSILON, false);
    }

    /** Convolution, normalization and ReLU, many times. */
    static Call stack(Trial trial) {
        long channels = trial.channels();
        List<Parameter> parameters = new ArrayList<>();
        for (int stage = 0; stage < Stages.DEPTH; stage++) {
            parameters.add(new Parameter(new Shape(channels, channels, 3, 3), false));
            parameters.addAll(affine(trial));
        }
        return new DirectCall(
                trial,
                parameters,
                false,
                a ->
                        x -> {
                            Tensor y = x;
                            for (int i = 0; i < a.size(); i += ARGUMENTS_OF_STAGE) {
                                y = stage(y, trial.groups(), a.subList(i, i + ARGUMENTS_OF_STAGE));
                            }
                            return y;
                        });
    }

    /** As in C++ and Python, a result is let go as soon as the next function has it. */
    private static Tensor stage(Tensor x, int groups, List<TensorOptional> a) {
        try (Tensor convolved =
                        torch.conv2d(x, a.get(0).get(), new TensorOptional(), ONES, ONES, ONES, 1);
                Tensor normalized =
                        torch.group_norm(convolved, groups, a.get(1), a.get(2), EPSILON, false)) {
            return torch.relu(normalized);
        }
    }

    private static List<Parameter> affine(Trial trial) {
        Shape perChannel = new Shape(trial.channels());
        return List.of(new Parameter(perChannel, true), new Parameter(perChannel, false));
    }
}
