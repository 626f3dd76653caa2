package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/** The same formulas in NDArray operations, for engines other than PyTorch. */
final class FormulaKernel implements Kernel {

    static final FormulaKernel INSTANCE = new FormulaKernel();

    private FormulaKernel() {}

    @Override
    public NDArray normalize(NDArray x, int numGroups, Affine affine, float epsilon) {
        return normalizeGroups(x, numGroups, affine, epsilon).get(0);
    }

    @Override
    public NDList normalizeChannels(NDArray x, Affine affine, float epsilon) {
        return normalizeGroups(x, x.getShape().get(1), affine, epsilon);
    }

    private static NDList normalizeGroups(NDArray x, long numGroups, Affine affine, float epsilon) {
        Shape shape = x.getShape();
        long instances = shape.get(0);
        long perGroup = shape.slice(1).size() / numGroups;
        NDArray groups =
                x.toType(statisticsType(x), false)
                        .reshape(new Shape(instances, numGroups, perGroup));
        int[] axis = {2};
        NDArray mean = groups.mean(axis, true);
        NDArray centered = groups.sub(mean);
        NDArray variance = centered.square().mean(axis, true);
        NDArray normalized = centered.div(variance.add(epsilon).sqrt()).reshape(shape);
        return new NDList(
                apply(affine, normalized, x.getDataType()),
                mean.squeeze(2).stopGradient(),
                variance.squeeze(2).stopGradient());
    }

    @Override
    public NDArray normalizeWith(
            NDArray x, NDArray mean, NDArray variance, Affine affine, float epsilon) {
        Shape perChannel = perChannel(x);
        DataType type = statisticsType(x);
        NDArray center = mean.toType(type, false).reshape(perChannel);
        NDArray deviation = variance.toType(type, false).add(epsilon).sqrt().reshape(perChannel);
        NDArray normalized = x.toType(type, false).sub(center).div(deviation);
        return apply(affine, normalized, x.getDataType());
    }

    private static NDArray apply(Affine affine, NDArray normalized, DataType type) {
        if (!affine.used()) {
            return normalized.toType(type, false);
        }
        Shape perChannel = perChannel(normalized);
        DataType statistics = normalized.getDataType();
        return normalized
                .mul(affine.gamma().toType(statistics, false).reshape(perChannel))
                .add(affine.beta().toType(statistics, false).reshape(perChannel))
                .toType(type, false);
    }

    private static DataType statisticsType(NDArray x) {
        return x.getDataType() == DataType.FLOAT64 ? DataType.FLOAT64 : DataType.FLOAT32;
    }

    private static Shape perChannel(NDArray x) {
        long[] dimensions = new long[x.getShape().dimension()];
        Arrays.fill(dimensions, 1);
        dimensions[1] = x.getShape().get(1);
        return new Shape(dimensions);
    }
}
