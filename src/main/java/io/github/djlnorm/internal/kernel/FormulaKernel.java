package io.github.djlnorm.internal.kernel;

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
    public NDArray normalizeGroups(NDArray x, int numGroups, double epsilon, Epilogue epilogue) {
        return groups(x, numGroups, epsilon, epilogue).get(0);
    }

    @Override
    public NDArray normalizeRows(NDArray x, double epsilon, Epilogue epilogue) {
        return normalizeGroups(x, 1, epsilon, epilogue);
    }

    @Override
    public NDList normalizeChannels(NDArray x, double epsilon, Epilogue epilogue) {
        NDList all = groups(x, x.getShape().get(1), epsilon, epilogue);
        int[] instances = {0};
        return new NDList(
                all.get(0),
                all.get(1).stopGradient().mean(instances),
                all.get(2).stopGradient().mean(instances));
    }

    @Override
    public NDArray normalizeValid(
            NDArray x, NDArray mask, int numGroups, double epsilon, Epilogue epilogue) {
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
        NDArray rest = centered.sum(axis, true).div(count);
        centered = NDArrays.where(valid, centered.sub(rest), zeros);
        NDArray variance = centered.square().sum(axis, true).div(count);
        NDArray normalized = centered.div(variance.add(epsilon).add(empty).sqrt()).reshape(shape);
        NDArray y = scaled(normalized, epilogue);
        y = NDArrays.where(valid.reshape(shape), y, y.zerosLike());
        return epilogue.activation().apply(y.toType(x.getDataType(), false));
    }

    /** The output, and the mean and biased variance of each group, of shape (N, groups). */
    private static NDList groups(NDArray x, long numGroups, double epsilon, Epilogue epilogue) {
        Shape shape = x.getShape();
        NDArray groups =
                x.toType(Kernel.statisticsType(x), false).reshape(grouped(shape, numGroups));
        int[] axis = {2};
        NDArray mean = groups.mean(axis, true);
        NDArray centered = centered(groups, mean, axis);
        NDArray variance = centered.square().mean(axis, true);
        NDArray normalized = centered.div(variance.add(epsilon).sqrt()).reshape(shape);
        NDArray y = finished(normalized, epilogue, x.getDataType());
        return new NDList(y, mean.squeeze(2), variance.squeeze(2));
    }

    @Override
    public NDList meanAndVariance(NDArray x) {
        NDArray values =
                Normalization.move(x.toType(Kernel.statisticsType(x), false), 1, 0)
                        .reshape(new Shape(x.getShape().get(1), -1));
        int[] axis = {1};
        NDArray mean = values.mean(axis, true);
        return new NDList(mean.squeeze(1), centered(values, mean, axis).square().mean(axis));
    }

    @Override
    public NDArray normalizeByConstants(
            NDArray x, NDArray mean, NDArray variance, double epsilon, Epilogue epilogue) {
        Shape perChannel = perChannel(x);
        DataType type = Kernel.statisticsType(x);
        NDArray center = mean.toType(type, false).reshape(perChannel);
        NDArray deviation = variance.toType(type, false).add(epsilon).sqrt().reshape(perChannel);
        NDArray normalized = x.toType(type, false).sub(center).div(deviation);
        return finished(normalized, epilogue, x.getDataType());
    }

    @Override
    public NDArray normalizeByRootMeanSquare(NDArray x, NDArray gamma, double epsilon) {
        NDArray values = x.toType(Kernel.statisticsType(x), false);
        NDArray square = values.square().mean(new int[] {1}, true);
        NDArray normalized = values.div(square.add(epsilon).sqrt());
        return finished(normalized, Epilogue.of(gamma, null), x.getDataType());
    }

    @Override
    public NDList meanAndDeviation(NDArray x, double epsilon) {
        Shape shape = x.getShape();
        NDArray values =
                x.toType(Kernel.statisticsType(x), false)
                        .reshape(new Shape(shape.get(0), shape.get(1), shape.slice(2).size()));
        int[] axis = {2};
        NDArray mean = values.mean(axis, true);
        NDArray variance = centered(values, mean, axis).square().mean(axis);
        return new NDList(mean.squeeze(2), variance.add(epsilon).sqrt());
    }

    /** Twice, since the rounding of a mean that is large beside the deviation would stay in all. */
    private static NDArray centered(NDArray values, NDArray mean, int[] axis) {
        NDArray centered = values.sub(mean);
        return centered.sub(centered.mean(axis, true));
    }

    private static NDArray finished(NDArray normalized, Epilogue epilogue, DataType type) {
        return epilogue.activation().apply(scaled(normalized, epilogue)).toType(type, false);
    }

    private static NDArray scaled(NDArray normalized, Epilogue epilogue) {
        NDArray y = normalized;
        if (epilogue.gamma() != null) {
            y = y.mul(perChannel(epilogue.gamma(), y));
        }
        return epilogue.beta() == null ? y : y.add(perChannel(epilogue.beta(), y));
    }

    private static NDArray perChannel(NDArray parameter, NDArray y) {
        return parameter.toType(y.getDataType(), false).reshape(perChannel(y));
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
