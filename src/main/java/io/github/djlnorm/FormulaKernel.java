package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/** The same formulas in NDArray operations, for engines other than PyTorch. */
final class FormulaKernel implements Kernel {

    static final FormulaKernel INSTANCE = new FormulaKernel();

    private FormulaKernel() {}

    @Override
    public NDArray normalize(NDArray x, int numGroups, Step step) {
        return normalizeGroups(x, numGroups, step).get(0);
    }

    @Override
    public NDArray normalizeRows(NDArray x, Step step) {
        return normalize(x, 1, step);
    }

    @Override
    public NDArray normalizeChannels(NDArray x, Step step, RunningStatistics running) {
        Shape shape = x.getShape();
        NDList all = normalizeGroups(x, shape.get(1), step);
        if (shape.size() > 0) {
            running.update(all.get(1), all.get(2), shape.slice(2).size());
        }
        return all.get(0);
    }

    @Override
    public NDArray normalizeValid(
            NDArray x, NDArray mask, int numGroups, Affine affine, float epsilon) {
        Shape shape = x.getShape();
        Shape groups = grouped(shape, numGroups);
        NDArray valid =
                mask.neq(0)
                        .reshape(new Shape(shape.get(0), 1, shape.slice(2).size()))
                        .broadcast(new Shape(shape.get(0), shape.get(1), shape.slice(2).size()))
                        .reshape(groups);
        NDArray values = x.toType(Kernel.statisticsType(x), false).reshape(groups);
        NDArray zeros = values.zerosLike();
        values = NDArrays.where(valid, values, zeros);
        int[] axis = {2};
        NDArray count = valid.toType(values.getDataType(), false).sum(axis, true);
        NDArray empty = count.eq(0).toType(values.getDataType(), false);
        count = count.add(empty);
        NDArray mean = values.sum(axis, true).div(count);
        NDArray centered = NDArrays.where(valid, values.sub(mean), zeros);
        NDArray variance = centered.square().sum(axis, true).div(count);
        NDArray normalized = centered.div(variance.add(epsilon).add(empty).sqrt()).reshape(shape);
        NDArray y = apply(affine, normalized, x.getDataType());
        return NDArrays.where(valid.reshape(shape), y, y.zerosLike());
    }

    private static NDList normalizeGroups(NDArray x, long numGroups, Step step) {
        Shape shape = x.getShape();
        NDArray groups =
                x.toType(Kernel.statisticsType(x), false).reshape(grouped(shape, numGroups));
        int[] axis = {2};
        NDArray mean = groups.mean(axis, true);
        NDArray centered = groups.sub(mean);
        NDArray variance = centered.square().mean(axis, true);
        NDArray normalized = centered.div(variance.add(step.epsilon()).sqrt()).reshape(shape);
        NDArray y = apply(step.affine(), normalized, x.getDataType());
        return new NDList(
                FusedActivation.apply(step.activation(), y),
                mean.squeeze(2).stopGradient(),
                variance.squeeze(2).stopGradient());
    }

    @Override
    public NDArray normalizeWith(
            NDArray x, NDArray mean, NDArray variance, Affine affine, float epsilon) {
        Shape perChannel = perChannel(x);
        DataType type = Kernel.statisticsType(x);
        NDArray center = mean.toType(type, false).reshape(perChannel);
        NDArray deviation = variance.toType(type, false).add(epsilon).sqrt().reshape(perChannel);
        NDArray normalized = x.toType(type, false).sub(center).div(deviation);
        return apply(affine, normalized, x.getDataType());
    }

    @Override
    public NDArray normalizeByRootMeanSquare(NDArray x, NDArray gamma, float epsilon) {
        NDArray values = x.toType(Kernel.statisticsType(x), false);
        NDArray square = values.square().mean(new int[] {1}, true);
        NDArray y = values.div(square.add(epsilon).sqrt());
        if (gamma != null) {
            y = y.mul(gamma.toType(y.getDataType(), false).reshape(perChannel(x)));
        }
        return y.toType(x.getDataType(), false);
    }

    @Override
    public NDList meanAndDeviation(NDArray x, float epsilon) {
        Shape shape = x.getShape();
        NDArray values =
                x.toType(Kernel.statisticsType(x), false)
                        .reshape(new Shape(shape.get(0), shape.get(1), shape.slice(2).size()));
        int[] axis = {2};
        NDArray mean = values.mean(axis, true);
        NDArray variance = values.sub(mean).square().mean(axis);
        return new NDList(mean.squeeze(2), variance.add(epsilon).sqrt());
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

    private static Shape grouped(Shape shape, long numGroups) {
        return new Shape(shape.get(0), numGroups, shape.slice(1).size() / numGroups);
    }

    private static Shape perChannel(NDArray x) {
        long[] dimensions = new long[x.getShape().dimension()];
        Arrays.fill(dimensions, 1);
        dimensions[1] = x.getShape().get(1);
        return new Shape(dimensions);
    }
}
