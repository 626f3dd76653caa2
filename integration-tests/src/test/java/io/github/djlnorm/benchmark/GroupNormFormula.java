package io.github.djlnorm.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** GroupNorm as a DJL user would write it where there is no such layer. */
final class GroupNormFormula {

    private static final float EPSILON = 1e-5f;
    private static final int[] WITHIN_GROUP = {2};

    private GroupNormFormula() {}

    static UnaryOperator<NDArray> of(Trial trial, NDArray gamma, NDArray beta) {
        Shape shape = trial.input().shape();
        Shape grouped = new Shape(shape.get(0), trial.input().groups(), -1);
        long[] perChannel = new long[shape.dimension()];
        Arrays.fill(perChannel, 1);
        perChannel[1] = trial.input().channels();
        Shape broadcast = new Shape(perChannel);
        return x -> {
            NDArray groups = x.reshape(grouped);
            NDArray centered = groups.sub(groups.mean(WITHIN_GROUP, true));
            NDArray variance = centered.square().mean(WITHIN_GROUP, true);
            NDArray normalized = centered.div(variance.add(EPSILON).sqrt());
            return normalized
                    .reshape(shape)
                    .mul(gamma.reshape(broadcast))
                    .add(beta.reshape(broadcast));
        };
    }
}
